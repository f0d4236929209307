// SPDX-License-Identifier: Apache-2.0
// The kernel for x86 with AVX2 and FMA.
#include "base/product_tile.hpp"

namespace skyglot {

const ProductKernel kAvx2Kernel{"avx2", false, 6, 16, multiply_float_tile<8, 6>};

}  // namespace skyglot
