// SPDX-License-Identifier: Apache-2.0
// Vectors of patches of several pictures, and their values between the patches.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// A square grid of vectors for each picture: row (picture * grid + y) * grid + x.
struct PatchMaps {
  std::int64_t grid = 0;
  Matrix rows;

  [[nodiscard]] std::int64_t pictures() const { return grid == 0 ? 0 : rows.rows / (grid * grid); }
};

/// x and y in [-1, 1]; -1 and 1 are the middles of the outermost patches.
struct MapPoint {
  float x = 0;
  float y = 0;
};

/// As many points for each of some pictures, one picture after the other, and which picture of the
/// maps each run lies in.
struct MapPoints {
  std::vector<MapPoint> points;
  std::vector<std::int64_t> pictures;

  [[nodiscard]] std::int64_t each() const { return std::ssize(points) / std::ssize(pictures); }
  /// The same points in other pictures.
  [[nodiscard]] MapPoints in(std::vector<std::int64_t> others) const {
    return {points, std::move(others)};
  }
};

/// A row a point: bilinear, edges repeated (what torch calls align_corners with border padding).
[[nodiscard]] Matrix sampled_at(const PatchMaps& maps, const MapPoints& points);

/// The other way round: adds to `gradient`, laid out as the maps' rows, what a gradient by the
/// sampled rows means for them.
void add_sampled_gradient(const Matrix& by_sampled, const MapPoints& points, std::int64_t grid,
                          Matrix& gradient);

}  // namespace skyglot
