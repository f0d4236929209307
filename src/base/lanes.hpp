// SPDX-License-Identifier: Apache-2.0
// One value in every lane of a vector, for the loops that are compiled once for each generation of
// processors; nothing of the standard library is called here (see product_tile.hpp).
#pragma once

namespace skyglot {
namespace {

/// Not `Floats{} + value`: for the sake of -0 that is an addition and a shuffle, on the very units
/// of an Intel processor that multiply and add. Of a value in memory this is a load alone.
template <typename Floats>
[[gnu::always_inline]] inline Floats spread(float value) {
  if constexpr (sizeof(Floats) == 16 * sizeof value) {
    return Floats{value, value, value, value, value, value, value, value,
                  value, value, value, value, value, value, value, value};
  } else if constexpr (sizeof(Floats) == 8 * sizeof value) {
    return Floats{value, value, value, value, value, value, value, value};
  } else {
    static_assert(sizeof(Floats) == 4 * sizeof value);
    return Floats{value, value, value, value};
  }
}

}  // namespace
}  // namespace skyglot
