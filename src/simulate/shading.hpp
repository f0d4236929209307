// SPDX-License-Identifier: Apache-2.0
// Light on a canvas: texture, slopes, cast shadows, haze; and what the sensor makes of it.
#pragma once

#include "simulate/canvas.hpp"

#include <array>
#include <vector>

namespace skyglot::simulate {

/// Noise shared by all scenes of a town.
struct NoiseSet {
  NoiseTile grain;
  NoiseTile patches;
  explicit NoiseSet(std::uint64_t seed)
      : grain(NoiseTile::white(seed)), patches(NoiseTile::clouds(seed, 32)) {}
};

/// Reflectance with light and shadow, as the sensor sees it: red, green, blue, near infrared.
using Light = std::array<float, 4>;

/// Reflectance of an sRGB value of 0 to 255 in full sun; 255 is 0.62.
[[nodiscard]] float reflectance_of(double srgb);
/// The inverse, not clamped above 255.
[[nodiscard]] float srgb_of(float reflectance);

/// Pixels to draw around `core` so that everything which throws a shadow into it is there.
[[nodiscard]] PixelWindow with_shadow_margin(const SceneShapes& shapes, const SceneSpec& spec,
                                             const PixelWindow& core);

/// Light of the pixels of `core`, in rows. The canvas must reach one pixel further on every side.
[[nodiscard]] std::vector<Light> shade(const SceneShapes& shapes, const SceneSpec& spec,
                                       const Canvas& canvas, const PixelWindow& core,
                                       const NoiseSet& noise);

}  // namespace skyglot::simulate
