// SPDX-License-Identifier: Apache-2.0
#include "osm/antimeridian.hpp"

namespace skyglot {

std::vector<Box> boxes_on_the_map(const Box& box_lonlat) {
  const Box map{-180, -90, 180, 90};
  std::vector<Box> boxes;
  if (box_lonlat.empty()) return boxes;
  for (const double turn : {0.0, -360.0, 360.0})
    if (const Box box = shifted(box_lonlat, turn, 0); intersects(box, map)) boxes.push_back(box);
  return boxes;
}

}  // namespace skyglot
