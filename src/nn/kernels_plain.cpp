// SPDX-License-Identifier: Apache-2.0
// The kernels for every processor.
#define SKYGLOT_LANES 8
#include "nn/kernels_body.hpp"

namespace skyglot::kernels {

extern const KernelTable kPlainTable = kThisTable;

}  // namespace skyglot::kernels
