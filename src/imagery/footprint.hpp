// SPDX-License-Identifier: Apache-2.0
// Where a raster shows valid pixels.
#pragma once

#include "base/skipped.hpp"
#include "raster/raster.hpp"

#include <variant>
#include <vector>

namespace skyglot {

struct FootprintOptions {
  std::vector<int> bands;  ///< a pixel is valid where any of these (from 1) holds data
  int max_cells = 1024;    ///< a side of the decimated mask
  /// What is known of all the raster's bands, where that is more than it says itself (no data that
  /// only a STAC item declares); empty: its own word counts.
  std::vector<BandInfo> told{};
};

/// Outline of the valid pixels in pixel coordinates. Rasters without nodata, mask and NaN give
/// their rectangle without a look at the pixels. Else the mask is read at no more than max_cells a
/// side (coarser where the outline would have more than 20,000 points), and the outline claims no
/// place further than one such cell from a valid one. Skipped: "no_valid_pixels".
/// Throws Error(format) if the pixels cannot be read.
[[nodiscard]] std::variant<Geometry, Skipped> valid_pixels(const Raster& raster,
                                                           const FootprintOptions& options);

/// `pixels` moved to longitude and latitude, long edges cut into pieces so that they stay true,
/// continuous over the antimeridian. Skipped: "outside_earth" where the system has no such place,
/// "around_pole" where a ring runs once around the Earth.
[[nodiscard]] std::variant<Geometry, Skipped> lonlat_footprint(const Geometry& pixels,
                                                               const SceneGrid& grid);

/// Square metres inside a polygon in longitude and latitude on the sphere of the WGS 84
/// ellipsoid's area (radius 6371.0072 km); better than 1 %.
[[nodiscard]] double ground_area_m2(const Geometry& lonlat);

/// Whether a shape can be a footprint: polygons of closed rings of at least four points, with
/// latitudes within 90 degrees and longitudes within two turns.
[[nodiscard]] bool is_footprint(const Geometry& lonlat);

}  // namespace skyglot
