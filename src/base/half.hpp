// SPDX-License-Identifier: Apache-2.0
// Half-precision numbers (IEEE 754 binary16) from and to floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace skyglot {

[[nodiscard]] float from_half(std::uint16_t half) noexcept;
/// Rounded to nearest even; too large becomes infinite.
[[nodiscard]] std::uint16_t to_half(float value) noexcept;

/// Little-endian halves, two bytes each (they need not be aligned), as floats; `values` says how
/// many. By the processor's own instruction where it has one.
void widen_halves(std::span<const std::byte> halves, std::span<float> values) noexcept;
/// The little-endian halves of all values.
[[nodiscard]] std::string half_bytes(std::span<const float> values);

}  // namespace skyglot
