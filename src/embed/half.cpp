// SPDX-License-Identifier: Apache-2.0
#include "embed/half.hpp"

#include <bit>

namespace skyglot {
namespace {

// `value` without its lowest `bits`, rounded to nearest even.
std::uint32_t rounded_shift(std::uint32_t value, unsigned bits) {
  const std::uint32_t half = std::uint32_t{1} << (bits - 1);
  const std::uint32_t odd = (value >> bits) & 1U;
  return (value + half - 1U + odd) >> bits;
}

}  // namespace

std::uint16_t to_half(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  std::uint32_t result = 0;
  if (magnitude > 0x7F800000U) {
    result = 0x7E00U;  // not a number
  } else if (magnitude >= 0x477FF000U) {
    result = 0x7C00U;  // 65520 and more
  } else if (magnitude >= 0x38800000U) {
    result = rounded_shift(magnitude - 0x38000000U, 13);
  } else if (magnitude >= 0x33000000U) {
    const std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
    result = rounded_shift(mantissa, 126U - (magnitude >> 23));
  }
  return static_cast<std::uint16_t>(sign | result);
}

std::string half_bytes(std::span<const float> values) {
  std::string bytes;
  bytes.reserve(2 * values.size());
  for (const float value : values) {
    const std::uint16_t half = to_half(value);
    bytes += static_cast<char>(half & 0xFFU);
    bytes += static_cast<char>(half >> 8);
  }
  return bytes;
}

}  // namespace skyglot
