// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_polygons.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "geo/geopackage.hpp"
#include "raster/gsd.hpp"
#include "raster/raster.hpp"
#include "raster/transform.hpp"

#include "landcover/piece_outlines.hpp"
#include "landcover/simpler_borders.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {
namespace {

constexpr const char* kPolygonLayer = "landcover";
constexpr int kMapRowsAtOnce = 256;

// A map as this room's writer leaves it.
class LabelMap {
 public:
  explicit LabelMap(const std::filesystem::path& path)
      : raster_(Raster::open(path.string(), {.drivers = {}, .palette_indices = true})) {}

  [[nodiscard]] LabelRuns runs() const {
    const RasterInfo& info = raster_.info();
    LabelRuns runs(info.width);
    for (int y = 0; y < info.height; y += kMapRowsAtOnce) {
      check_interrupt();
      const int rows = std::min(kMapRowsAtOnce, info.height - y);
      const auto width = static_cast<std::size_t>(info.width);
      std::vector<std::uint8_t> labels(width * static_cast<std::size_t>(rows));
      raster_.read<std::uint8_t>({{0, y, info.width, rows}, {1}, info.width, rows}, labels);
      for (std::size_t row = 0; row < labels.size(); row += width)
        runs.add_row(std::span(labels).subspan(row, width));
    }
    return runs;
  }

  [[nodiscard]] bool placed() const {
    return !raster_.info().crs_wkt.empty() && raster_.info().map_from_pixel.has_value();
  }
  [[nodiscard]] std::string crs() const { return placed() ? raster_.info().crs_wkt : ""; }

  // Without a place rows run down from 0, as programs show such a raster.
  [[nodiscard]] GeoTransform transform() const {
    return placed() ? *raster_.info().map_from_pixel : GeoTransform{0, 1, 0, 0, 0, -1};
  }

  // Of a pixel in the middle of each row: maps stretch from north to south.
  [[nodiscard]] std::vector<double> pixel_areas() const {
    const RasterInfo& info = raster_.info();
    std::vector<double> areas(static_cast<std::size_t>(info.height), 1);
    if (!placed()) return areas;
    const SceneGrid grid(*info.map_from_pixel, info.crs_wkt);
    for (std::size_t y = 0; y < areas.size(); ++y) {
      const auto gsd_m =
          ground_sample_distance_m(grid, {info.width / 2.0, static_cast<double>(y) + 0.5});
      // A row whose middle lies off the earth: a map of the world has such rows, without data.
      areas[y] = gsd_m ? *gsd_m * *gsd_m : 0;
    }
    return areas;
  }

  // On the ground, in the middle of the map.
  [[nodiscard]] SimplerBorders::Lengths pixel_lengths(double tolerance) const {
    const RasterInfo& info = raster_.info();
    if (!placed()) return {1, 1, tolerance};
    const SceneGrid grid(*info.map_from_pixel, info.crs_wkt);
    const Point middle{info.width / 2.0, info.height / 2.0};
    const auto at = grid.lonlat_from_pixel(middle);
    const auto right = grid.lonlat_from_pixel(Point{middle.x + 1, middle.y});
    const auto below = grid.lonlat_from_pixel(Point{middle.x, middle.y + 1});
    if (!at || !right || !below)
      fail(ErrorKind::format, "polygons: {} lies outside its reference system", info.name);
    return {ground_distance_m(*at, *right), ground_distance_m(*at, *below), tolerance};
  }

  [[nodiscard]] std::string name_of(std::uint8_t label) const {
    const auto& names = raster_.info().class_names;
    return label < names.size() ? names[label] : fmt::format("class {}", label);
  }

 private:
  Raster raster_;
};

// Outer rings against the clock on a map with north up, closed.
Geometry shape_of(const std::vector<CornerRing>& rings, const GeoTransform& transform) {
  Geometry shape{GeometryKind::polygon, {{}}};
  for (const CornerRing& ring : rings) {
    Path path;
    for (auto corner = ring.rbegin(); corner != ring.rend(); ++corner)
      path.push_back(map_from_pixel(
          transform, {static_cast<double>(corner->x), static_cast<double>(corner->y)}));
    path.push_back(path.front());
    shape.parts[0].push_back(std::move(path));
  }
  return shape;
}

// Calls visit(piece, rings) for each piece of a class.
template <typename Visit>
void for_shapes(PieceOutlines& outlines, const LabelPieces& pieces, const Visit& visit) {
  for (std::uint32_t piece = 0; piece < pieces.labels.size(); ++piece) {
    if (pieces.labels[piece] == 0) continue;
    check_interrupt();
    visit(piece, outlines.rings_of(piece));
  }
}

GpkgTable polygon_table(bool placed) {
  return {kPolygonLayer,
          "Land cover",
          "POLYGON",
          {{"class", "INTEGER"}, {"name", "TEXT"}, {placed ? "area_m2" : "area_px", "REAL"}}};
}

struct MapShapes {
  const LabelMap& map;
  const LabelPieces& pieces;
  PieceOutlines& outlines;
  const std::optional<SimplerBorders>& borders;
};

// Writes the rows of the layer; returns how many.
std::int64_t insert_shapes(GeoPackageWriter& writer, const MapShapes& shapes) {
  std::int64_t fid = 0;
  const std::int32_t system = gpkg_system(shapes.map.crs()).id;
  Statement insert = writer.insert_into(kPolygonLayer);
  for_shapes(shapes.outlines, shapes.pieces,
             [&](std::uint32_t piece, std::vector<CornerRing> rings) {
               if (shapes.borders)
                 for (CornerRing& ring : rings) ring = shapes.borders->simplified(ring);
               const Geometry shape = shape_of(rings, shapes.map.transform());
               const std::string blob = gpkg_blob(shape, system);
               const std::uint8_t label = shapes.pieces.labels[piece];
               const std::string name = shapes.map.name_of(label);
               insert.bind_row(++fid, Blob{blob}, label, name, shapes.pieces.areas[piece]).run();
               writer.add_extent(kPolygonLayer, fid, bounding_box(shape));
             });
  return fid;
}

}  // namespace

void PolygonOptions::validate() const {
  std::string problems;
  if (!(least_area >= 0) || !std::isfinite(least_area))
    problems += fmt::format("; the smallest area is {}, not 0 or more", least_area);
  if (!(simplify >= 0) || !std::isfinite(simplify))
    problems += fmt::format("; borders may move {}, not 0 or more", simplify);
  if (!problems.empty()) fail(ErrorKind::usage, "polygons: {}", problems.substr(2));
}

std::int64_t write_map_polygons(const std::filesystem::path& map_path,
                                const PolygonOptions& options) {
  options.validate();
  const LabelMap map(map_path);
  const std::vector<double> pixel_areas = map.pixel_areas();
  const LabelRuns runs = without_small_pieces(map.runs(), pixel_areas, options.least_area);
  const LabelPieces pieces = pieces_of(runs, pixel_areas);
  PieceOutlines outlines(runs, pieces);
  std::optional<SimplerBorders> borders;
  if (options.simplify > 0) {
    borders.emplace(map.pixel_lengths(options.simplify));
    for_shapes(outlines, pieces, [&](std::uint32_t, const std::vector<CornerRing>& rings) {
      for (const CornerRing& ring : rings) borders->add(ring);
    });
    borders->settle();
  }
  PendingPath pending(options.output);
  GeoPackageWriter writer(pending.path(), gpkg_system(map.crs()));
  writer.add_table(polygon_table(map.placed()));
  const std::int64_t count = insert_shapes(writer, {map, pieces, outlines, borders});
  writer.close();
  pending.commit();
  return count;
}

}  // namespace skyglot
