// SPDX-License-Identifier: Apache-2.0
// The kernels for x86 with AVX-512.
#define SKYGLOT_LANES 16
#include "nn/kernels_body.hpp"

namespace skyglot::kernels {

extern const KernelTable kAvx512Table = kThisTable;

}  // namespace skyglot::kernels
