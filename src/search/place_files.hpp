// SPDX-License-Identifier: Apache-2.0
// Places that were found, taken home: GeoJSON, GeoPackage, CSV.
#pragma once

#include "search/places.hpp"
#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <vector>

namespace skyglot {

/// West, south, east, north; west lies past east where the antimeridian is between them.
[[nodiscard]] Box wrapped_box(const Geometry& footprint_lonlat);

/// What is said of a place: id, score, percentile, and where it has a place on the earth
/// bbox_lonlat, centre_lonlat, size_m, gsd_m, date, collection.
[[nodiscard]] nlohmann::ordered_json place_json(const FoundPlace& place);

/// A FeatureCollection (RFC 7946): footprints over the antimeridian are cut there, pictures without
/// a place have no geometry.
[[nodiscard]] nlohmann::ordered_json places_geojson(const std::vector<FoundPlace>& places);

/// Throws Error(usage) naming the endings there are: .geojson, .json, .gpkg, .csv.
void require_place_ending(const std::filesystem::path& path);
/// By the ending of `path`, atomically.
void write_places(const std::filesystem::path& path, const std::vector<FoundPlace>& places);

}  // namespace skyglot
