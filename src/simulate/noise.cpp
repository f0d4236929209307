// SPDX-License-Identifier: Apache-2.0
#include "simulate/noise.hpp"

#include "base/random.hpp"

#include <utility>

namespace skyglot::simulate {
namespace {

constexpr std::size_t kCells = static_cast<std::size_t>(NoiseTile::kSide) * NoiseTile::kSide;

// Random values on a lattice of `wave` cells, interpolated smoothly, added to `values`.
void add_octave(std::vector<float>& values, RandomStream& random, int wave, float strength) {
  const int side = NoiseTile::kSide / wave;
  std::vector<float> lattice(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (float& value : lattice) value = static_cast<float>(random.uniform(-1, 1)) * strength;
  const auto at = [&](int x, int y) {
    return lattice[static_cast<std::size_t>((y % side) * side + x % side)];
  };
  for (int y = 0; y < NoiseTile::kSide; ++y)
    for (int x = 0; x < NoiseTile::kSide; ++x) {
      const auto ease = [&](int p) {
        const float t = static_cast<float>(p % wave) / static_cast<float>(wave);
        return t * t * (3 - 2 * t);
      };
      const float tx = ease(x);
      const float top = std::lerp(at(x / wave, y / wave), at(x / wave + 1, y / wave), tx);
      const float low = std::lerp(at(x / wave, y / wave + 1), at(x / wave + 1, y / wave + 1), tx);
      values[static_cast<std::size_t>(y * NoiseTile::kSide + x)] += std::lerp(top, low, ease(y));
    }
}

}  // namespace

NoiseTile::NoiseTile(std::vector<float> values) : values_(std::move(values)) {
  double sum = 0;
  double squares = 0;
  for (const float v : values_) {
    sum += v;
    squares += static_cast<double>(v) * v;
  }
  const double mean = sum / static_cast<double>(kCells);
  const double deviation = std::sqrt(squares / static_cast<double>(kCells) - mean * mean);
  for (float& v : values_) v = static_cast<float>((v - mean) / deviation);
}

NoiseTile NoiseTile::white(std::uint64_t seed) {
  RandomStream random(seed, "white noise");
  std::vector<float> values(kCells);
  for (float& value : values) value = static_cast<float>(random.normal());
  return NoiseTile(std::move(values));
}

NoiseTile NoiseTile::clouds(std::uint64_t seed, int wave) {
  RandomStream random(seed, "cloud noise");
  std::vector<float> values(kCells, 0.0F);
  float strength = 1;
  for (int w = wave; w >= 2; w /= 2, strength *= 0.55F) add_octave(values, random, w, strength);
  return NoiseTile(std::move(values));
}

}  // namespace skyglot::simulate
