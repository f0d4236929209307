// SPDX-License-Identifier: Apache-2.0
// Matrix products for rooms that hold values.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <span>

namespace skyglot {

/// Rows of `a` from `first` on, `count` of them, times all rows of `b` transposed:
/// count x b.rows inner products. Blocking is the caller's: memory is the result's. Like all
/// products here it takes the threads of the TBB arena it is called in, and no value depends on
/// their number.
[[nodiscard]] Matrix inner_products(const Matrix& a, std::int64_t first, std::int64_t count,
                                    const Matrix& b);
/// a * b: a.rows x b.cols.
[[nodiscard]] Matrix product(const Matrix& a, const Matrix& b);
/// Of two vectors of one length, summed in double.
[[nodiscard]] double inner_product(std::span<const float> a, std::span<const float> b);
/// a^T * b, for gradients: a.cols x b.cols.
[[nodiscard]] Matrix transposed_product(const Matrix& a, const Matrix& b);
/// a^T * the rows of `b` from `first` on, as many as `a` has: a.cols x b.cols.
[[nodiscard]] Matrix transposed_product(const Matrix& a, const Matrix& b, std::int64_t first);
/// Divides by the Euclidean length, summed and divided in double; zeros stay.
void to_unit_length(std::span<float> vector);
/// to_unit_length() of every row.
void normalise_rows(Matrix& matrix);

}  // namespace skyglot
