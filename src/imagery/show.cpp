// SPDX-License-Identifier: Apache-2.0
#include "imagery/show.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot {
namespace {

std::uint8_t stretched(double value, const BandStretch& stretch) {
  const double scaled = (value - stretch.low) / (stretch.high - stretch.low);
  // NaN fails the comparison and becomes black.
  return scaled > 0 ? static_cast<std::uint8_t>(std::lround(std::min(scaled, 1.0) * 255)) : 0;
}

BandStretch stretch_of(const Patch& patch, const Look& look, std::size_t channel) {
  if (!look.stretches.empty()) return look.stretches.at(channel);
  const int bits = patch.bands.at(look.bands.at(channel)).bits;
  return {0, bits > 0 ? std::exp2(bits) - 1 : 255};
}

// Every sample there can be, stretched once.
template <typename T>
std::vector<std::uint8_t> table_of(const BandStretch& stretch) {
  std::vector<std::uint8_t> table(std::size_t{std::numeric_limits<T>::max()} + 1);
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = stretched(static_cast<double>(i), stretch);
  return table;
}

// `out` is the first pixel's channel; pixels lie three bytes apart.
template <typename T>
void show_plane(std::span<const T> plane, const BandStretch& stretch, std::uint8_t* out) {
  if constexpr (std::is_floating_point_v<T>) {
    for (const T value : plane) {
      *out = stretched(double{value}, stretch);
      out += 3;
    }
  } else if (std::is_same_v<T, std::uint8_t> && stretch == BandStretch{}) {
    for (const T value : plane) {
      *out = static_cast<std::uint8_t>(value);
      out += 3;
    }
  } else {
    const std::vector<std::uint8_t> table = table_of<T>(stretch);
    for (const T value : plane) {
      *out = table[value];
      out += 3;
    }
  }
}

}  // namespace

Look look_of(const Collection& collection, const std::vector<int>& bands) {
  Look look{.bands = {}, .stretches = collection.stretches};
  for (const int shown : collection.rgb_bands) {
    const auto at = std::ranges::find(bands, shown);
    expect(at != bands.end(), "a patch holds the bands that are shown");
    look.bands.push_back(static_cast<std::size_t>(at - bands.begin()));
  }
  return look;
}

Picture show(const Patch& patch, const Look& look) {
  Picture picture{.width = patch.width, .height = patch.height, .pixels = {}};
  picture.pixels.resize(patch.pixels() * 3);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const std::size_t shown = look.bands.size() == 1 ? 0 : channel;
    const BandStretch stretch = stretch_of(patch, look, shown);
    std::visit(
        [&](const auto& samples) {
          using T = typename std::remove_cvref_t<decltype(samples)>::value_type;
          show_plane<T>(std::span<const T>(samples).subspan(look.bands.at(shown) * patch.pixels(),
                                                            patch.pixels()),
                        stretch, picture.pixels.data() + channel);
        },
        patch.samples);
  }
  return picture;
}

double grey_deviation(const Picture& picture, const std::vector<std::uint8_t>& valid) {
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const std::uint8_t* pixel = picture.pixels.data() + 3 * i;
    const std::uint64_t grey = std::uint64_t{pixel[0]} + pixel[1] + pixel[2];
    // Adding nothing instead of branching keeps the loop as fast as without a mask.
    const std::uint64_t counts = valid[i] != 0 ? 1 : 0;
    count += counts;
    sum += counts * grey;
    squares += counts * grey * grey;
  }
  if (count == 0) return 0;
  const double mean = static_cast<double>(sum) / static_cast<double>(count);
  const double variance = static_cast<double>(squares) / static_cast<double>(count) - mean * mean;
  return std::sqrt(std::max(0.0, variance)) / 3;
}

}  // namespace skyglot
