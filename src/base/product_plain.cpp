// SPDX-License-Identifier: Apache-2.0
// The kernel for every processor: vectors of four floats.
#include "base/product_tile.hpp"

namespace skyglot {

const ProductKernel kPlainKernel{"plain", false, 6, 8, multiply_float_tile<4, 6>};

}  // namespace skyglot
