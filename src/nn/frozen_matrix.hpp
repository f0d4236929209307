// SPDX-License-Identifier: Apache-2.0
// The weight of a linear layer, packed for a CPU's products.
#pragma once

#include "base/product.hpp"

#include <cstdint>

namespace skyglot {

class FrozenMatrix {
 public:
  FrozenMatrix() = default;
  /// `weight` is outputs x inputs.
  FrozenMatrix(const MatrixView& weight, const ProductKernel& kernel);

  [[nodiscard]] bool defined() const { return packed_.columns() > 0; }
  [[nodiscard]] bool takes_bfloat16() const { return packed_.kernel().bfloat16; }
  [[nodiscard]] std::int64_t inputs() const { return packed_.depth(); }
  [[nodiscard]] std::int64_t outputs() const { return packed_.columns(); }
  /// The product with b = this weight transposed, on all threads that may be used here.
  void multiply(Product product) const;

 private:
  PackedMatrix packed_;
};

}  // namespace skyglot
