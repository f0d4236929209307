// SPDX-License-Identifier: Apache-2.0
// Antialiased bicubic resizing, pixel for pixel as Pillow does it.
#pragma once

#include "pictures/picture.hpp"

namespace skyglot {

/// Keys' bicubic kernel with a = -0.5, its support widened by the scale when shrinking; two passes with the result
/// of each rounded to 8 bits.
[[nodiscard]] Picture resize_bicubic(const Picture& picture, int width, int height);

/// Rows and columns from (x, y); must lie inside.
[[nodiscard]] Picture crop(const Picture& picture, int x, int y, int width, int height);

/// Shorter side to `side` (longer int(side * long / short)), then the centre, offset round((size - side) / 2) to even.
[[nodiscard]] Picture resize_and_centre_crop(const Picture& picture, int side);

}  // namespace skyglot
