// SPDX-License-Identifier: Apache-2.0
// Areas that somebody drew: the polygons of any vector file.
#pragma once

#include "geo/geometry.hpp"

#include <filesystem>
#include <vector>

namespace skyglot {

/// The areas of all layers, one a feature, of a GeoJSON, GeoPackage, Shapefile, FlatGeobuf or KML
/// file, in longitude and latitude (a layer without a reference system is taken to be so); points
/// and lines are passed over. Throws Error(input) for another file or one without polygons,
/// Error(format) for damaged shapes.
[[nodiscard]] std::vector<Geometry> read_areas_lonlat(const std::filesystem::path& path);

}  // namespace skyglot
