// SPDX-License-Identifier: Apache-2.0
// Tileable noise that textures are made of: looked up, not computed, pixel by pixel.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot::simulate {

/// A square of noise that repeats; values have mean 0 and standard deviation 1.
class NoiseTile {
 public:
  static constexpr int kSide = 512;

  /// White noise.
  [[nodiscard]] static NoiseTile white(std::uint64_t seed);
  /// Clouds: octaves from `wave` cells down, each half as strong as the one before.
  [[nodiscard]] static NoiseTile clouds(std::uint64_t seed, int wave);

  /// The cell at whole coordinates.
  [[nodiscard]] float cell(std::int64_t x, std::int64_t y) const {
    constexpr std::int64_t mask = kSide - 1;
    return values_[static_cast<std::size_t>(((y & mask) * kSide) + (x & mask))];
  }
  [[nodiscard]] float nearest(double x, double y) const {
    return cell(static_cast<std::int64_t>(std::floor(x)), static_cast<std::int64_t>(std::floor(y)));
  }
  [[nodiscard]] float smooth(double x, double y) const {
    const double fx = std::floor(x);
    const double fy = std::floor(y);
    const auto ix = static_cast<std::int64_t>(fx);
    const auto iy = static_cast<std::int64_t>(fy);
    const auto tx = static_cast<float>(x - fx);
    const auto ty = static_cast<float>(y - fy);
    const float top = cell(ix, iy) + (cell(ix + 1, iy) - cell(ix, iy)) * tx;
    const float low = cell(ix, iy + 1) + (cell(ix + 1, iy + 1) - cell(ix, iy + 1)) * tx;
    return top + (low - top) * ty;
  }

 private:
  explicit NoiseTile(std::vector<float> values);
  std::vector<float> values_;
};

}  // namespace skyglot::simulate
