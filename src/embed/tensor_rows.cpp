// SPDX-License-Identifier: Apache-2.0
#include "embed/tensor_rows.hpp"

#include "base/error.hpp"
#include "base/half.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace skyglot {
namespace {

// `values.size()` elements from `first` on.
void read_elements(const TensorView& tensor, std::size_t first, std::span<float> values) {
  const std::size_t size = element_size(tensor.type);
  const auto bytes = tensor.bytes.subspan(first * size, values.size() * size);
  if (tensor.type == ElementType::f16) {
    widen_halves(bytes, values);
  } else if (tensor.type == ElementType::f32) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
  } else {
    const auto count = static_cast<std::int64_t>(values.size());
    std::ranges::copy(to_floats({tensor.type, {count}, bytes, nullptr}), values.begin());
  }
}

}  // namespace

RowSource tensor_rows(const TensorView& matrix) {
  expect(matrix.shape.size() == 2, "a matrix");
  const auto width = static_cast<std::size_t>(matrix.shape[1]);
  return {matrix.shape[0], matrix.shape[1],
          [matrix, width](std::int64_t first, std::span<float> values) {
            read_elements(matrix, static_cast<std::size_t>(first) * width, values);
          }};
}

RowSource tensor_rows_by_column(const TensorView& matrix) {
  expect(matrix.shape.size() == 2, "a matrix");
  const auto height = static_cast<std::size_t>(matrix.shape[0]);
  const auto width = static_cast<std::size_t>(matrix.shape[1]);
  return {matrix.shape[0], matrix.shape[1],
          [matrix, height, width](std::int64_t first, std::span<float> values) {
            std::vector<float> column(values.size() / width);
            for (std::size_t k = 0; k < width; ++k) {
              read_elements(matrix, k * height + static_cast<std::size_t>(first), column);
              for (std::size_t i = 0; i < column.size(); ++i) values[i * width + k] = column[i];
            }
          }};
}

}  // namespace skyglot
