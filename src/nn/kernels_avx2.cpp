// SPDX-License-Identifier: Apache-2.0
// The kernels for x86 with AVX2 and FMA.
#define SKYGLOT_LANES 8
#include "nn/kernels_body.hpp"

namespace skyglot::kernels {

extern const KernelTable kAvx2Table = kThisTable;

}  // namespace skyglot::kernels
