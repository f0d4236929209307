// SPDX-License-Identifier: Apache-2.0
// The kernel for x86 with AVX-512.
#include "base/product_tile.hpp"

namespace skyglot {

const ProductKernel kAvx512Kernel{"avx512", false, 14, 32, multiply_float_tile<16, 14>};

}  // namespace skyglot
