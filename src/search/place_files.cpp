// SPDX-License-Identifier: Apache-2.0
#include "search/place_files.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "geo/overlay.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// Of 7 decimals: a centimetre.
double rounded(double degrees) {
  return std::round(degrees * 1e7) / 1e7;
}

double wrapped(double longitude) {
  if (longitude >= -180 && longitude <= 180) return longitude;
  return longitude - 360 * std::floor((longitude + 180) / 360);
}

Json ring_json(const Path& ring) {
  Json points = Json::array();
  for (const Point& point : ring) points.push_back({rounded(point.x), rounded(point.y)});
  return points;
}

// The parts that lie in each turn of the earth, moved into the usual one.
Json polygons_json(const Geometry& footprint) {
  Json polygons = Json::array();
  for (const int turn : {-360, 0, 360}) {
    const Geometry part =
        mapped(clipped(footprint, {-180.0 + turn, -90, 180.0 + turn, 90}), [&](Point point) {
          return Point{point.x - turn, point.y};
        });
    for (const auto& rings : part.parts) {
      Json polygon = Json::array();
      for (const Path& ring : rings) polygon.push_back(ring_json(ring));
      polygons.push_back(polygon);
    }
  }
  return polygons;
}

Json geometry_json(const Geometry& footprint) {
  if (footprint.parts.empty()) return nullptr;
  const Json polygons = polygons_json(footprint);
  if (polygons.size() == 1) return {{"type", "Polygon"}, {"coordinates", polygons.front()}};
  return {{"type", "MultiPolygon"}, {"coordinates", polygons}};
}

void write_csv(const fs::path& path, const std::vector<FoundPlace>& places) {
  std::string text = "id,score,percentile,west,south,east,north,size_m,gsd_m,date,collection\n";
  for (const FoundPlace& place : places) {
    const IndexedWindow& window = place.window;
    const bool placed = !window.footprint_lonlat.parts.empty();
    const Box box = wrapped_box(window.footprint_lonlat);
    const auto number = [&](double value) { return placed ? format_double(value) : ""; };
    text += csv_line({window.id, format_fixed(static_cast<double>(place.score), 6),
                      format_fixed(place.percentile, 4), number(box.min_x), number(box.min_y),
                      number(box.max_x), number(box.max_y), number(window.size_m),
                      number(window.gsd_m), window.date, window.collection}) +
            "\n";
  }
  write_file_atomically(path, text);
}

const GpkgTable kPlaces{"places",
                        "Places that a search found, best first",
                        "POLYGON",
                        {{"id", "TEXT"},
                         {"score", "REAL"},
                         {"percentile", "REAL"},
                         {"size_m", "REAL"},
                         {"gsd_m", "REAL"},
                         {"date", "DATE"},
                         {"collection", "TEXT"}}};

void write_gpkg(const fs::path& path, const std::vector<FoundPlace>& places) {
  PendingPath pending(path);
  {
    GeoPackageWriter writer(pending.path());
    writer.add_table(kPlaces);
    Statement insert = writer.insert_into(kPlaces.name);
    std::int64_t fid = 0;
    for (const FoundPlace& place : places) {
      const IndexedWindow& window = place.window;
      const bool placed = !window.footprint_lonlat.parts.empty();
      const std::string shape = placed ? gpkg_blob(window.footprint_lonlat) : "";
      insert.bind(1, ++fid).bind(3, window.id).bind(4, static_cast<double>(place.score));
      if (placed)
        insert.bind_blob(2, shape);
      else
        insert.bind_null(2);
      insert.bind(5, place.percentile).bind(6, window.size_m).bind(7, window.gsd_m);
      if (window.date.empty())
        insert.bind_null(8);
      else
        insert.bind(8, window.date);
      insert.bind(9, window.collection).run();
      if (placed) writer.add_extent(kPlaces.name, fid, bounding_box(window.footprint_lonlat));
    }
    writer.close();
  }
  pending.commit();
}

std::string ending_of(const fs::path& path) {
  return to_lower(path.extension().string());
}

}  // namespace

Box wrapped_box(const Geometry& footprint_lonlat) {
  Box box = bounding_box(footprint_lonlat);
  if (box.empty()) return box;
  box.min_x = wrapped(box.min_x);
  box.max_x = wrapped(box.max_x);
  return box;
}

Json place_json(const FoundPlace& place) {
  const IndexedWindow& window = place.window;
  Json json{{"id", window.id}, {"score", place.score}, {"percentile", place.percentile}};
  if (window.footprint_lonlat.parts.empty()) return json;
  const Box box = wrapped_box(window.footprint_lonlat);
  const Point centre = bounding_box(window.footprint_lonlat).centre();
  json["bbox_lonlat"] = {rounded(box.min_x), rounded(box.min_y), rounded(box.max_x),
                         rounded(box.max_y)};
  json["centre_lonlat"] = {rounded(wrapped(centre.x)), rounded(centre.y)};
  json["size_m"] = window.size_m;
  json["gsd_m"] = window.gsd_m;
  json["date"] = window.date.empty() ? Json(nullptr) : Json(window.date);
  json["collection"] = window.collection;
  return json;
}

Json places_geojson(const std::vector<FoundPlace>& places) {
  Json features = Json::array();
  for (const FoundPlace& place : places) {
    Json properties = place_json(place);
    properties.erase("bbox_lonlat");
    Json feature{{"type", "Feature"}, {"id", place.window.id}};
    if (!place.window.footprint_lonlat.parts.empty())
      feature["bbox"] = place_json(place).at("bbox_lonlat");
    feature["geometry"] = geometry_json(place.window.footprint_lonlat);
    feature["properties"] = properties;
    features.push_back(feature);
  }
  return {{"type", "FeatureCollection"}, {"features", features}};
}

void require_place_ending(const fs::path& path) {
  constexpr std::array kEndings{".geojson", ".json", ".gpkg", ".csv"};
  if (std::ranges::count(kEndings, ending_of(path)) == 0)
    fail(ErrorKind::usage, "{}: places are written as .geojson, .gpkg or .csv", path.string());
}

void write_places(const fs::path& path, const std::vector<FoundPlace>& places) {
  require_place_ending(path);
  const std::string ending = ending_of(path);
  if (ending == ".csv")
    write_csv(path, places);
  else if (ending == ".gpkg")
    write_gpkg(path, places);
  else
    write_file_atomically(path, json_text(places_geojson(places), 1) + "\n");
}

}  // namespace skyglot
