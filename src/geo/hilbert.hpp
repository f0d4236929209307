// SPDX-License-Identifier: Apache-2.0
// Places put in an order in which neighbours on the ground stay near each other.
#pragma once

#include <cstdint>

namespace skyglot {

/// Position of the cell (x, y) along the Hilbert curve over the whole 32-bit square (the
/// bit-by-bit form of J. K. Lawder, Birkbeck JL1/00, 2000).
[[nodiscard]] std::uint64_t hilbert_code(std::uint32_t x, std::uint32_t y) noexcept;

/// The same for degrees; values outside the world are moved to its edge.
[[nodiscard]] std::uint64_t hilbert_code_lonlat(double longitude, double latitude) noexcept;

}  // namespace skyglot
