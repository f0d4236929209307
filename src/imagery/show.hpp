// SPDX-License-Identifier: Apache-2.0
// A patch shown to eyes: which bands, and which samples become black and white.
#pragma once

#include "imagery/catalogue.hpp"
#include "pictures/picture.hpp"
#include "raster/patch.hpp"

#include <cstddef>
#include <vector>

namespace skyglot {

struct Look {
  std::vector<std::size_t> bands;  ///< of the patch, from 0: three, or one for a grey picture
  /// One for each of the bands; empty: 0 is black, and the largest sample that a band's bits can
  /// hold is white (8 bits without a smaller number; 255 for floats and 16 bits).
  std::vector<BandStretch> stretches;
};

/// The look of a collection's patches that hold `bands` (of its scenes, from 1).
[[nodiscard]] Look look_of(const Collection& collection, const std::vector<int>& bands);

/// The patch as a picture of three channels. NaN is black.
[[nodiscard]] Picture show(const Patch& patch, const Look& look);

/// Standard deviation of the grey values (the mean of the channels) of the valid pixels; 0 if there
/// are none.
[[nodiscard]] double grey_deviation(const Picture& picture, const std::vector<std::uint8_t>& valid);

}  // namespace skyglot
