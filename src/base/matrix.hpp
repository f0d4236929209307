// SPDX-License-Identifier: Apache-2.0
// A dense float matrix as a value: what embeddings are outside the rooms that compute with tensors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// Row-major; `values` has rows * cols elements.
struct Matrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<float> values;

  Matrix() = default;
  Matrix(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count),
        cols(column_count),
        values(static_cast<std::size_t>(row_count * column_count)) {}

  [[nodiscard]] std::span<float> row(std::int64_t i) {
    return {values.data() + i * cols, static_cast<std::size_t>(cols)};
  }
  [[nodiscard]] std::span<const float> row(std::int64_t i) const {
    return {values.data() + i * cols, static_cast<std::size_t>(cols)};
  }
};

}  // namespace skyglot
