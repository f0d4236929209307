// SPDX-License-Identifier: Apache-2.0
#include "geo/hilbert.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

std::uint32_t cell(double value, double reach) {
  const double share = (std::clamp(value, -reach, reach) + reach) / (2 * reach);
  return static_cast<std::uint32_t>(share * 4294967295.0);
}

}  // namespace

std::uint64_t hilbert_code(std::uint32_t x, std::uint32_t y) noexcept {
  std::uint64_t code = 0;
  for (int bit = 31; bit >= 0; --bit) {
    const std::uint32_t right = (x >> bit) & 1U;
    const std::uint32_t upper = (y >> bit) & 1U;
    code = (code << 2) | ((3U * right) ^ upper);
    if (upper != 0) continue;
    if (right != 0) {
      x = ~x;
      y = ~y;
    }
    std::swap(x, y);
  }
  return code;
}

std::uint64_t hilbert_code_lonlat(double longitude, double latitude) noexcept {
  return hilbert_code(cell(longitude, 180), cell(latitude, 90));
}

}  // namespace skyglot
