// SPDX-License-Identifier: Apache-2.0
// The short float that matrix products of weights may take.
#pragma once

#include <cstdint>
#include <cstring>

namespace skyglot {

/// A bfloat16's bits; the upper half of a float's.
struct BFloat16 {
  std::uint16_t bits;
};

/// To the nearest, ties to even.
[[nodiscard]] inline BFloat16 round_to_bfloat16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const bool nan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
  if (!nan) bits += 0x7FFFU + ((bits >> 16) & 1U);
  return {static_cast<std::uint16_t>((bits >> 16) | (nan ? 0x40U : 0U))};
}

}  // namespace skyglot
