// SPDX-License-Identifier: Apache-2.0
// What the places that were found look like.
#pragma once

#include "pictures/picture.hpp"

#include "search/places.hpp"

#include <vector>

namespace skyglot {

/// One picture a place, in order, no side longer than `most_side` where it was cut from a scene.
/// Throws Error(io) or Error(input) naming the raster or the pictures that are gone since.
[[nodiscard]] std::vector<Picture> place_pictures(const WindowIndex& index,
                                                  const std::vector<FoundPlace>& places,
                                                  int most_side);

}  // namespace skyglot
