// SPDX-License-Identifier: Apache-2.0
// Which other objects a tile shows, and how much of each.
#pragma once

#include "dataset/large_shapes.hpp"
#include "imagery/scene_plane.hpp"
#include "osm/object_store.hpp"
#include "tags/visibility.hpp"

#include <vector>

namespace skyglot {

struct NeighbourQuery {
  const MapObject& focus;
  const ScenePlane& plane;
  LargeShapes& large;  ///< of the store that is asked
  PixelWindow tile;    ///< chip pixels
  Box tile_lonlat;     ///< bounds of its outline
  double min_px = 8;   ///< length of a line, or root of an area, that must show
};

/// Visible tags of every other object that shows in the tile, most of it first (an area counts its
/// pixels, a line five times its length, a point 100), ties by kind and id. Objects without a tag
/// that can be told at the tile's GSD are left out.
[[nodiscard]] std::vector<Tags> find_neighbours(ObjectStore& store,
                                                const VisibilityTable& visibility,
                                                const NeighbourQuery& query);

/// How much of a shape in pixels shows in the tile: pixels of an area, length of a line, 1 for a
/// point inside; 0 if nothing does.
[[nodiscard]] double shown_amount(const Geometry& shape_px, const PixelWindow& tile);

}  // namespace skyglot
