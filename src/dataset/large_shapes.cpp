// SPDX-License-Identifier: Apache-2.0
#include "dataset/large_shapes.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kMostCorners = 1'000'000;  // 16 MB
constexpr std::size_t kMostParts = 10'000;
constexpr double kTilesASquare = 8;

// The squares of a raster that the box meets; the raster is eight to sixteen boxes wide.
Box square_around(const Box& box) {
  const double side =
      std::exp2(std::ceil(std::log2(kTilesASquare * std::max(box.width(), box.height()))));
  const auto down = [side](double v) { return std::floor(v / side) * side; };
  const auto up = [side](double v) { return std::ceil(v / side) * side; };
  return {down(box.min_x), down(box.min_y), up(box.max_x), up(box.max_y)};
}

}  // namespace

const Geometry& LargeShapes::part_of(std::int64_t fid, const Geometry& shape, const Box& square) {
  const Key key{fid, square.min_x, square.min_y, square.max_x, square.max_y};
  const auto known = parts_.find(key);
  if (known != parts_.end()) return known->second;
  Geometry part = clipped(shape, square);
  corners_cut_ += shape.point_count();
  const std::size_t corners = part.point_count();
  if (kept_corners_ + corners > kMostCorners || parts_.size() >= kMostParts) {
    parts_.clear();
    kept_corners_ = 0;
  }
  kept_corners_ += corners;
  return parts_[key] = std::move(part);
}

Geometry LargeShapes::within(std::int64_t fid, const Geometry& shape, const Box& box_lonlat,
                             const Box& around) {
  Geometry found{shape.kind, {}};
  for (const double turn : {-360.0, 0.0, 360.0}) {
    const Box box = shifted(around, turn, 0);
    if (!intersects(box, box_lonlat)) continue;
    std::ranges::move(clipped(part_of(fid, shape, square_around(box)), box).parts,
                      std::back_inserter(found.parts));
  }
  return found;
}

}  // namespace skyglot
