// SPDX-License-Identifier: Apache-2.0
// What a picture goes through before a tower learns from it.
#pragma once

#include "base/random.hpp"
#include "pictures/picture.hpp"

namespace skyglot {

/// Those of SkyCLIP unless told (Wang et al. 2024).
struct Augmentation {
  double least_scale = 0.67;  ///< of the picture's area that a crop takes
  double most_scale = 1;
  double least_ratio = 0.5;  ///< width / height of the crop
  double most_ratio = 2;
  double jitter = 0.4;       ///< brightness, contrast and saturation by 1 - jitter to 1 + jitter
  double white_balance = 0;  ///< each band by 1 - this to 1 + this: other sensors, other light
  /// Detail that is left, as a share of the side wanted: crops are reduced to between this and 1 of
  /// it (uniform in the logarithm) and enlarged again, as at a coarser ground sample distance.
  double coarsest = 1;
  bool quarter_turns = true;  ///< by 0, 90, 180 or 270 degrees: there is no up from above
  bool flips = false;         ///< left to right, half of the time

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// A crop of random area and shape resized to side x side (bicubic), its colours jittered in random
/// order, turned. Pictures have three channels. Depends on the arguments alone.
[[nodiscard]] Picture augment(const Picture& picture, const Augmentation& augmentation, int side,
                              RandomStream& random);

/// Turned clockwise by `quarters` * 90 degrees.
[[nodiscard]] Picture turned(const Picture& picture, int quarters);

/// In place, as Pillow's ImageEnhance: mixed with black, with the mean grey, with each pixel's
/// grey. 1 changes nothing.
void change_brightness(Picture& picture, double factor);
void change_contrast(Picture& picture, double factor);
void change_saturation(Picture& picture, double factor);

}  // namespace skyglot
