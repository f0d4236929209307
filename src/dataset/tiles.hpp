// SPDX-License-Identifier: Apache-2.0
// The jitter rules of SkyScript: which pixels around an object become its tile.
#pragma once

#include "base/random.hpp"
#include "geo/geometry.hpp"
#include "raster/raster.hpp"

#include <cstdint>
#include <optional>

namespace skyglot {

/// Sizes in pixels of the picture. Source: SkyScript (AAAI-24), tile boundary; `max_growth` is
/// ours, since nobody published how much larger than its polygon a tile may become.
struct TileRules {
  std::int64_t point_min_px = 168;
  std::int64_t point_max_px = 300;
  std::int64_t polygon_min_px = 150;
  std::int64_t polygon_max_px = 1500;
  double max_aspect = 2.0;
  double max_growth = 3.0;
};

/// A tile around a point or a line's node: height and width each uniform in point_min..point_max,
/// and the point uniformly inside the tile's central third on both axes.
[[nodiscard]] PixelWindow draw_point_tile(Point at_px, const TileRules& rules,
                                          RandomStream& random);

/// A tile around a polygon: height and width uniform in polygon_min..polygon_max within the aspect
/// limit and the growth limit, large enough for the bounding box, which lies uniformly inside.
/// Nothing if no such tile exists (a box larger than polygon_max_px).
[[nodiscard]] std::optional<PixelWindow> draw_polygon_tile(const Box& bbox_px,
                                                           const TileRules& rules,
                                                           RandomStream& random);

}  // namespace skyglot
