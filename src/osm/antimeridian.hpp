// SPDX-License-Identifier: Apache-2.0
// Boxes over the antimeridian as the boxes they are on a map from -180 to 180.
#pragma once

#include "geo/geometry.hpp"

#include <vector>

namespace skyglot {

/// The parts of `box_lonlat`, whose longitudes may pass 180 or -180, that lie on the map: the box
/// itself and, where it goes over an edge, the same box a turn away.
[[nodiscard]] std::vector<Box> boxes_on_the_map(const Box& box_lonlat);

}  // namespace skyglot
