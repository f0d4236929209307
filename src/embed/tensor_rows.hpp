// SPDX-License-Identifier: Apache-2.0
// A matrix that stays where its file is mapped, read as floats a block at a time.
#pragma once

#include "base/row_source.hpp"
#include "weights/tensor.hpp"

namespace skyglot {

/// A tensor of two dimensions; the source keeps its owner alive.
[[nodiscard]] RowSource tensor_rows(const TensorView& matrix);
/// The same of one whose columns lie one after the other (Fortran's order).
[[nodiscard]] RowSource tensor_rows_by_column(const TensorView& matrix);

}  // namespace skyglot
