// SPDX-License-Identifier: Apache-2.0
#include "nn/frozen_matrix.hpp"

#include "nn/threads.hpp"

namespace skyglot {

FrozenMatrix::FrozenMatrix(const MatrixView& weight, const ProductKernel& kernel)
    : packed_({weight.values, weight.columns, weight.rows, weight.column_step, weight.row_step},
              kernel) {}

void FrozenMatrix::multiply(Product product) const {
  product.b = &packed_;
  on_all_threads([&](std::int64_t index, std::int64_t count) {
    skyglot::multiply(product, part_of(product, index, count));
  });
}

}  // namespace skyglot
