// SPDX-License-Identifier: Apache-2.0
// The innermost loops of a matrix product, compiled once for each generation of processors; only
// product_*.cpp include this. Nothing of the standard library is called here: an inline function of
// it, compiled for a newer processor, could be the copy that the linker keeps for all.
#pragma once

#include "base/product_kernel.hpp"

namespace skyglot {
namespace {

template <int kLanes>
struct Wide {
  using Floats [[gnu::vector_size(kLanes * sizeof(float))]] = float;
};

template <typename Floats>
[[gnu::always_inline]] inline Floats load_wide(const float* from) {
  Floats value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <typename Floats>
[[gnu::always_inline]] inline void store_wide(float* to, Floats value) {
  __builtin_memcpy(to, &value, sizeof value);
}

// kRows x (2 * kLanes) sums, held in registers while the depth goes by.
template <int kLanes, int kRows>
struct Sums {
  using Floats = typename Wide<kLanes>::Floats;

  [[gnu::always_inline]] explicit Sums(const Tile& tile) {
    for (int row = 0; row < kRows; ++row)
      for (int half = 0; half < 2; ++half)
        values[row][half] =
            tile.add ? load_wide<Floats>(tile.out + row * tile.out_stride + half * kLanes)
                     : Floats{};
  }

  [[gnu::always_inline]] void write(const Tile& tile) const {
    for (int row = 0; row < kRows; ++row)
      for (int half = 0; half < 2; ++half)
        store_wide(tile.out + row * tile.out_stride + half * kLanes, values[row][half]);
  }

  Floats values[kRows][2];
};

template <int kLanes, int kRows>
void multiply_floats(const Tile& tile) {
  using Floats = typename Wide<kLanes>::Floats;
  Sums<kLanes, kRows> sums(tile);
  const auto* a = static_cast<const float*>(tile.a);
  const auto* b = static_cast<const float*>(tile.b);
  const std::int64_t stride = tile.a_stride;
  for (std::int64_t i = 0; i < tile.depth; ++i, ++a, b += 2 * kLanes) {
    const Floats left = load_wide<Floats>(b);
    const Floats right = load_wide<Floats>(b + kLanes);
    for (int row = 0; row < kRows; ++row) {
      const Floats factor = Floats{} + a[row * stride];
      sums.values[row][0] += factor * left;
      sums.values[row][1] += factor * right;
    }
  }
  sums.write(tile);
}

// The function for as many rows as the tile has, at most kRows.
template <int kLanes, int kRows>
void multiply_float_tile(const Tile& tile) {
  if (tile.rows == kRows) return multiply_floats<kLanes, kRows>(tile);
  if constexpr (kRows > 1) multiply_float_tile<kLanes, kRows - 1>(tile);
}

}  // namespace
}  // namespace skyglot
