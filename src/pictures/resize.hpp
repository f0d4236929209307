// SPDX-License-Identifier: Apache-2.0
// Antialiased bicubic resizing, pixel for pixel as Pillow does it.
#pragma once

#include "pictures/picture.hpp"

namespace skyglot {

/// Keys' bicubic kernel with a = -0.5, its support widened by the scale when shrinking; two passes
/// with the result of each rounded to 8 bits.
[[nodiscard]] Picture resize_bicubic(const Picture& picture, int width, int height);

struct SizeInPixels {
  int width = 0;
  int height = 0;
};

/// Half of `spare` rounded to even: where torchvision begins a crop that leaves so many pixels.
[[nodiscard]] int centred(int spare);

/// The shorter side becomes `side`, the longer int(side * long / short). Throws Error(resource) if
/// that is past all bounds.
[[nodiscard]] SizeInPixels size_with_shorter_side(const Picture& picture, int side);

/// Rows and columns from (x, y); must lie inside.
[[nodiscard]] Picture crop(const Picture& picture, int x, int y, int width, int height);

/// The square at (x, y) of the picture resized to `size`; costs only what the square needs.
[[nodiscard]] Picture resize_and_crop(const Picture& picture, SizeInPixels size, int x, int y,
                                      int side);

/// Shorter side to `side` (longer int(side * long / short)), then the centre, offset round((size -
/// side) / 2) to even.
[[nodiscard]] Picture resize_and_centre_crop(const Picture& picture, int side);

}  // namespace skyglot
