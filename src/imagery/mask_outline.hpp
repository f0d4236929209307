// SPDX-License-Identifier: Apache-2.0
// From a mask of valid cells to polygons around them.
#pragma once

#include "geo/geometry.hpp"

#include <cstdint>
#include <span>

namespace skyglot {

struct OutlineOptions {
  /// Islands and holes of this many cells or fewer are left out, unless nothing else is there.
  /// Up to four cells, no place in one is further than a cell from its edge.
  int min_cells = 0;
  /// How far, in cells, an outline may be straightened (Douglas and Peucker 1973).
  double tolerance = 0;
};

/// Outlines of the non-zero cells of a height x width mask (rows from the top) in units of cells
/// from the outer corner of the first. Cells that touch at a corner only are not connected. Outer
/// rings come first in each part, the holes in it after. Empty for an empty mask. Linear in the
/// number of cells.
[[nodiscard]] Geometry mask_outline(std::span<const std::uint8_t> mask, int width, int height,
                                    const OutlineOptions& options = {});

/// `path` without the points that lie within `tolerance` of the line through their neighbours that
/// stay (Douglas and Peucker 1973). A closed path stays closed and keeps at least four points.
[[nodiscard]] Path simplified(const Path& path, double tolerance);

}  // namespace skyglot
