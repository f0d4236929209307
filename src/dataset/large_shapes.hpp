// SPDX-License-Identifier: Apache-2.0
// Shapes of many corners, of which each tile needs a few: cut in two steps, the first remembered.
#pragma once

#include "geo/geometry.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>

namespace skyglot {

/// A coast of 100,000 corners lies under thousands of tiles; cutting it anew for each would take
/// most of a build's time. So it is cut to a square of a fixed raster that many tiles share, and
/// that part to the tile. What comes back depends on shape and box alone, not on what was asked
/// before. Each thread has its own.
class LargeShapes {
 public:
  /// The part of shape `fid` inside `around`, one of whose sides may pass 180 degrees; the shape
  /// may lie a turn away and keeps its longitudes. `box_lonlat` is the shape's.
  [[nodiscard]] Geometry within(std::int64_t fid, const Geometry& shape, const Box& box_lonlat,
                                const Box& around);

  /// Corners that were looked at so far in whole shapes.
  [[nodiscard]] std::uint64_t corners_cut() const { return corners_cut_; }

 private:
  using Key = std::tuple<std::int64_t, double, double, double, double>;
  const Geometry& part_of(std::int64_t fid, const Geometry& shape, const Box& square);

  std::map<Key, Geometry> parts_;
  std::size_t kept_corners_ = 0;
  std::uint64_t corners_cut_ = 0;
};

}  // namespace skyglot
