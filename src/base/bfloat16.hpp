// SPDX-License-Identifier: Apache-2.0
// The short float that matrix products of weights may take.
#pragma once

#include <cstdint>

namespace skyglot {

/// A bfloat16's bits; the upper half of a float's.
struct BFloat16 {
  std::uint16_t bits;
};

}  // namespace skyglot
