// SPDX-License-Identifier: Apache-2.0
// The kernel for x86 with AVX-512's products of bfloat16 pairs, summed in float32.
#include "base/product_tile.hpp"

#include <immintrin.h>

namespace skyglot {
namespace {

constexpr int kLanes = 16;

__m512bh pairs_of(__m512i bits) {
  return reinterpret_cast<__m512bh>(bits);
}

template <int kRows>
void multiply_pairs(const Tile& tile) {
  Sums<kLanes, kRows> sums(tile);
  const auto* a = static_cast<const std::int32_t*>(tile.a);
  const auto* b = static_cast<const std::int32_t*>(tile.b);
  const std::int64_t stride = tile.a_stride;
  for (std::int64_t i = 0; i < tile.depth; ++i, ++a, b += 2 * kLanes) {
    const __m512bh left = pairs_of(_mm512_loadu_si512(b));
    const __m512bh right = pairs_of(_mm512_loadu_si512(b + kLanes));
    fetch_ahead(tile, b, i, 2 * kLanes * 4);
    for (int row = 0; row < kRows; ++row) {
      const __m512bh factor = pairs_of(_mm512_set1_epi32(a[row * stride]));
      sums.values[row][0] = _mm512_dpbf16_ps(sums.values[row][0], factor, left);
      sums.values[row][1] = _mm512_dpbf16_ps(sums.values[row][1], factor, right);
    }
  }
  sums.write(tile);
}

template <int kRows>
void multiply_pair_tile(const Tile& tile) {
  if (tile.rows == kRows) return multiply_pairs<kRows>(tile);
  if constexpr (kRows > 1) multiply_pair_tile<kRows - 1>(tile);
}

}  // namespace

const ProductKernel kAvx512Bf16Kernel{"avx512_bf16", true, 14, 32, multiply_pair_tile<14>};

}  // namespace skyglot
