// SPDX-License-Identifier: Apache-2.0
// Inner products of many rows with many rows, a block of bounded memory at a time.
#pragma once

#include "base/row_source.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace skyglot {

/// Rows in a block of scores of `columns` floats: `asked`, or if that is 0 as many as 64 MiB hold,
/// at least 1 and at most 8192.
[[nodiscard]] std::int64_t rows_per_block(std::int64_t columns, std::int64_t asked);

/// Floats of rows that are read again and again are kept in memory up to so many bytes.
inline constexpr std::int64_t kMostKeptBytes = std::int64_t{256} << 20;

/// Calls `use(i, scores)` for every row i of `a` in order, `scores` its inner products with all
/// rows of `b`. Memory: one block of rows_per_block(b.rows(), block_rows) x b.rows() floats, and
/// `b` up to kMostKeptBytes.
void for_each_score_row(const RowSource& a, const RowSource& b, std::int64_t block_rows,
                        const std::function<void(std::int64_t, std::span<const float>)>& use);

/// Inner products of all rows with those of `others`: rows x others.rows.
[[nodiscard]] Matrix all_scores(const RowSource& rows, const Matrix& others);

/// Each row divided by its length. Throws Error(input) naming `what` and the first row that holds
/// NaN, infinity or nothing but zeros.
[[nodiscard]] RowSource unit_rows(const RowSource& rows, const std::string& what);

/// Throws Error(input) naming `what` and the first row that holds NaN or infinity.
void require_finite(const RowSource& rows, std::string_view what);

/// Throws Error(input) naming `what` unless the rows of both are equally long.
void require_same_length(const RowSource& a, const RowSource& b, std::string_view what);

/// Throws Error(input) naming the row unless there are `rows` labels, all in [0, classes).
void require_labels(std::span<const std::int32_t> labels, std::int64_t rows, std::int64_t classes);

}  // namespace skyglot
