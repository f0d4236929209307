// SPDX-License-Identifier: Apache-2.0
// The innermost loops of a matrix product, compiled once for each generation of processors; only
// product_*.cpp include this. Nothing of the standard library is called here: an inline function of
// it, compiled for a newer processor, could be the copy that the linker keeps for all.
#pragma once

#include "base/lanes.hpp"
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

// Steps of the panel that are on their way into the nearest cache: far enough for what a tile
// before this one has fetched from memory into a nearer cache.
constexpr std::int64_t kStepsAhead = 96;
constexpr std::int64_t kLineBytes = 64;

// kRows x (2 * kLanes) sums, held in registers while the depth goes by.
template <int kLanes, int kRows>
struct Sums {
  using Floats = typename Wide<kLanes>::Floats;

  // The lines that the sums go to are fetched while they are made.
  [[gnu::always_inline]] explicit Sums(const Tile& tile) {
    for (int row = 0; row < kRows; ++row) {
      values[row][0] = values[row][1] = Floats{};
      for (int i = 0; i < 2 * kLanes; i += kLineBytes / 4)
        __builtin_prefetch(tile.out + row * tile.out_stride + i, 1);
    }
  }

  [[gnu::always_inline]] void write(const Tile& tile) {
    for (int row = 0; row < kRows; ++row)
      for (int half = 0; half < 2; ++half) {
        float* const to = tile.out + row * tile.out_stride + half * std::int64_t{kLanes};
        if (tile.add) values[row][half] += load_wide<Floats>(to);
        store_wide(to, values[row][half]);
      }
  }

  Floats values[kRows][2];
};

// Both the rest of this panel and a share of the next.
[[gnu::always_inline]] inline void fetch_ahead(const Tile& tile, const void* b, std::int64_t step,
                                               std::int64_t step_bytes) {
  const char* const soon = static_cast<const char*>(b) + kStepsAhead * step_bytes;
  for (std::int64_t i = 0; i < step_bytes; i += kLineBytes) __builtin_prefetch(soon + i);
  __builtin_prefetch(static_cast<const char*>(tile.next) + step * tile.next_step, 0, 2);
}

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
    fetch_ahead(tile, b, i, 2 * kLanes * 4);
    for (int row = 0; row < kRows; ++row) {
      const auto factor = spread<Floats>(a[row * stride]);
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
