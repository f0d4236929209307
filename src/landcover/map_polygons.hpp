// SPDX-License-Identifier: Apache-2.0
// The classes of a land-cover map as polygons.
#pragma once

#include <cstdint>
#include <filesystem>

namespace skyglot {

/// Square metres and metres on the ground; pixels where the map has no place on the earth.
struct PolygonOptions {
  double least_area = 0;  ///< smaller pieces go to their largest neighbour
  double simplify = 0;    ///< how far borders may move
  std::filesystem::path output;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Writes layer "landcover" of a GeoPackage in the map's reference system: a polygon for each piece
/// of pixels of one class that share sides, with class, name, and area_m2 (of its pixels on the
/// ground; area_px where the map has no place, x then being columns and y rows below 0). Polygons
/// meet without gaps and do not overlap, simplified or not. The file appears when it is whole.
/// Memory goes with the length of the borders. Returns the number of polygons.
std::int64_t write_map_polygons(const std::filesystem::path& map, const PolygonOptions& options);

}  // namespace skyglot
