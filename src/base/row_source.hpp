// SPDX-License-Identifier: Apache-2.0
// Rows of floats that are read a block at a time, wherever they lie: in memory, in a mapped file.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace skyglot {

/// A matrix that need not be in memory. A value that is cheap to copy; any thread may read.
class RowSource {
 public:
  /// Writes rows from `first` on, as many as fill `values`.
  using Read = std::function<void(std::int64_t first, std::span<float> values)>;

  RowSource() = default;
  RowSource(std::int64_t rows, std::int64_t cols, Read read);
  /// Refers to the matrix, which must outlive it and all that is made of it.
  RowSource(const Matrix& matrix);  // NOLINT(google-explicit-constructor): a matrix is one
  explicit RowSource(std::shared_ptr<const Matrix> matrix);

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t cols() const noexcept { return cols_; }

  [[nodiscard]] Matrix block(std::int64_t first, std::int64_t count) const;
  [[nodiscard]] Matrix all() const { return block(0, rows_); }

  /// Those rows, in that order.
  [[nodiscard]] RowSource chosen(std::vector<std::int64_t> rows) const;
  /// Each row with every value divided by the row's divisor.
  [[nodiscard]] RowSource divided(std::vector<double> divisors) const;
  /// The same rows, in memory if they take at most so many bytes.
  [[nodiscard]] RowSource kept(std::int64_t most_bytes) const;

 private:
  std::int64_t rows_ = 0;
  std::int64_t cols_ = 0;
  Read read_;
};

/// Calls `use(first, block)` for all rows in blocks of at most `step` rows.
void for_each_block(const RowSource& source, std::int64_t step,
                    const std::function<void(std::int64_t first, const Matrix& block)>& use);

}  // namespace skyglot
