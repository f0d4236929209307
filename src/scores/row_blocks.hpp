// SPDX-License-Identifier: Apache-2.0
// Inner products of many rows with many rows, a block of bounded memory at a time.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace skyglot {

/// Rows in a block of scores of `columns` floats: `asked`, or if that is 0 as many as 64 MiB hold,
/// at least 1 and at most 8192.
[[nodiscard]] std::int64_t rows_per_block(std::int64_t columns, std::int64_t asked);

/// Calls `use(i, scores)` for every row i of `a` in order, `scores` its inner products with all
/// rows of `b`. Memory: one block of rows_per_block(b.rows, block_rows) x b.rows floats.
void for_each_score_row(const Matrix& a, const Matrix& b, std::int64_t block_rows,
                        const std::function<void(std::int64_t, std::span<const float>)>& use);

/// Throws Error(input) naming `what` and the first row that holds NaN or infinity.
void require_finite(const Matrix& matrix, std::string_view what);

/// Throws Error(input) naming `what` unless the rows of both are equally long.
void require_same_length(const Matrix& a, const Matrix& b, std::string_view what);

/// Throws Error(input) naming the row unless there are `rows` labels, all in [0, classes).
void require_labels(std::span<const std::int32_t> labels, std::int64_t rows, std::int64_t classes);

}  // namespace skyglot
