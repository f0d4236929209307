// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_polygons.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "geo/geopackage.hpp"
#include "geo/overlay.hpp"
#include "raster/raster_writer.hpp"

#include "landcover/landcover_testing.hpp"
#include "landcover/simpler_borders.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using landcover_testing::fresh_folder;

// Labels drawn as text: '.' is 0, letters from 'a' on are 1, 2, ...
LabelRuns drawn(const std::vector<std::string>& rows) {
  LabelRuns runs(static_cast<int>(rows.front().size()));
  for (const std::string& row : rows) {
    std::vector<std::uint8_t> labels;
    for (const char c : row)
      labels.push_back(static_cast<std::uint8_t>(c == '.' ? 0 : c - 'a' + 1));
    runs.add_row(labels);
  }
  return runs;
}

std::vector<std::string> text_of(const LabelRuns& runs) {
  std::vector<std::string> rows;
  for (int y = 0; y < runs.height(); ++y) {
    rows.emplace_back();
    for (int x = 0; x < runs.width(); ++x) {
      const std::uint8_t label = runs.label(runs.run_at(x, y));
      rows.back() += static_cast<char>(label == 0 ? '.' : 'a' + label - 1);
    }
  }
  return rows;
}

LabelPieces pieces_drawn(const LabelRuns& runs) {
  return pieces_of(runs, std::vector<double>(static_cast<std::size_t>(runs.height()), 1));
}

TEST(LabelPieces, ShareSidesNotCorners) {
  const LabelRuns runs = drawn({"aab", "bab", "bba"});
  const LabelPieces pieces = pieces_drawn(runs);
  EXPECT_EQ(pieces.labels, (std::vector<std::uint8_t>{1, 2, 2, 1}));
  EXPECT_EQ(pieces.areas, (std::vector<double>{3, 2, 3, 1}));
  // Two arms that meet below are one piece.
  EXPECT_EQ(pieces_drawn(drawn({"aba", "aba", "aaa"})).labels.size(), 2U);
}

TEST(SmallPieces, GoToTheirLargestNeighbour) {
  const std::vector<double> ones(6, 1);
  const auto sieved = [&](const std::vector<std::string>& rows, double least) {
    return text_of(without_small_pieces(drawn(rows), ones, least));
  };
  // One inside another inside a third; a row of small ones side by side.
  EXPECT_EQ(sieved({"aaaaa", "abbba", "abcba", "abbba", "aaaaa"}, 2),
            (std::vector<std::string>{"aaaaa", "abbba", "abbba", "abbba", "aaaaa"}));
  EXPECT_EQ(sieved({"aaaaa", "abbba", "abcba", "abbba", "aaaaa"}, 9),
            (std::vector<std::string>(5, "aaaaa")));
  EXPECT_EQ(sieved({"aabcd", "aabcd"}, 3), (std::vector<std::string>(2, "aaaaa")));
  EXPECT_EQ(sieved({"abab", "baba"}, 2), (std::vector<std::string>(2, "aaaa")));
  // No data neither takes nor is taken.
  EXPECT_EQ(sieved({"....", ".a..", "....", "bbb."}, 5),
            (std::vector<std::string>{"....", ".a..", "....", "bbb."}));
}

std::int64_t area_of(const std::vector<CornerRing>& rings) {
  std::int64_t twice = 0;
  for (const CornerRing& ring : rings) twice += twice_area(ring);
  return twice / 2;
}

TEST(PieceOutlines, HaveHolesThatTouchAtCorners) {
  const LabelRuns runs = drawn({"aaaa", "abaa", "aaba", "aaaa"});
  const LabelPieces pieces = pieces_drawn(runs);
  PieceOutlines outlines(runs, pieces);
  const auto rings = outlines.rings_of(0);
  ASSERT_EQ(rings.size(), 3U);
  EXPECT_EQ(twice_area(rings[0]), 32);
  EXPECT_EQ(rings[0].size(), 4U);
  EXPECT_EQ(area_of(rings), 14);
  EXPECT_EQ(outlines.rings_of(0).size(), 3U);  // again
}

// A ring of pixels that is closed at a corner only: inside is a hole that touches the outer ring.
TEST(PieceOutlines, AreCutWhereTheyMeetThemselves) {
  const LabelRuns runs = drawn({"aaa", "aba", "aab"});
  const LabelPieces pieces = pieces_drawn(runs);
  PieceOutlines outlines(runs, pieces);
  const auto rings = outlines.rings_of(0);
  ASSERT_EQ(rings.size(), 2U);
  EXPECT_GT(twice_area(rings[0]), 0);
  EXPECT_LT(twice_area(rings[1]), 0);
  EXPECT_EQ(area_of(rings), 7);
}

std::vector<std::string> noise(int width, int height, std::uint64_t seed) {
  RandomStream random(seed, "labels");
  std::vector<std::string> rows(static_cast<std::size_t>(height));
  for (std::string& row : rows)
    for (int x = 0; x < width; ++x) row += static_cast<char>('a' + random.integer(0, 2));
  return rows;
}

TEST(PieceOutlines, EncloseEachPieceOfNoise) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const LabelRuns runs = drawn(noise(37, 29, seed));
    const LabelPieces pieces = pieces_drawn(runs);
    PieceOutlines outlines(runs, pieces);
    for (std::uint32_t piece = 0; piece < pieces.labels.size(); ++piece) {
      const auto rings = outlines.rings_of(piece);
      ASSERT_EQ(static_cast<double>(area_of(rings)), pieces.areas[piece]);
      ASSERT_GT(twice_area(rings[0]), 0);
      for (std::size_t i = 1; i < rings.size(); ++i) ASSERT_LT(twice_area(rings[i]), 0);
    }
  }
}

Geometry plane_shape(const std::vector<CornerRing>& rings) {
  Geometry shape{GeometryKind::polygon, {{}}};
  for (const CornerRing& ring : rings) {
    Path path;
    for (const PixelCorner& corner : ring)
      path.push_back({static_cast<double>(corner.x), static_cast<double>(corner.y)});
    path.push_back(path.front());
    shape.parts[0].push_back(path);
  }
  return shape;
}

// Every place lies in one piece, and no ring turns over, however far borders may move.
void expect_a_cover(const LabelRuns& runs, double tolerance) {
  const LabelPieces pieces = pieces_drawn(runs);
  PieceOutlines outlines(runs, pieces);
  SimplerBorders borders({1, 1, tolerance});
  std::vector<std::vector<CornerRing>> rings;
  for (std::uint32_t piece = 0; piece < pieces.labels.size(); ++piece) {
    rings.push_back(outlines.rings_of(piece));
    for (const CornerRing& ring : rings.back()) borders.add(ring);
  }
  borders.settle();
  std::vector<Geometry> shapes;
  std::int64_t twice = 0;
  for (auto& of_piece : rings) {
    for (std::size_t i = 0; i < of_piece.size(); ++i) {
      of_piece[i] = borders.simplified(of_piece[i]);
      ASSERT_EQ(twice_area(of_piece[i]) > 0, i == 0);
      ASSERT_NE(twice_area(of_piece[i]), 0);
      twice += twice_area(of_piece[i]);
    }
    shapes.push_back(plane_shape(of_piece));
  }
  EXPECT_EQ(twice, std::int64_t{2} * runs.width() * runs.height());
  RandomStream random(8, "places");
  for (int i = 0; i < 500; ++i) {
    const Point at{random.uniform(0, runs.width()), random.uniform(0, runs.height())};
    ASSERT_EQ(std::ranges::count_if(
                  shapes, [&](const Geometry& shape) { return polygon_contains(shape, at); }),
              1)
        << at.x << " " << at.y << " " << tolerance;
  }
}

TEST(SimplerBorders, CoverThePlaneStill) {
  for (const double tolerance : {0.8, 2.0, 20.0}) {
    expect_a_cover(drawn(noise(37, 29, 4)), tolerance);
    expect_a_cover(without_small_pieces(drawn(noise(60, 50, 5)), std::vector<double>(50, 1), 20),
                   tolerance);
    // A crescent around an island; one pixel beside a long staircase.
    expect_a_cover(drawn({"aaaaaaa", "abbbbba", "abcacba", "abbabba", "aaaaaaa", "aaaaaca"}),
                   tolerance);
    expect_a_cover(drawn({"abbbbb", "aabbbb", "aaabbb", "acaabb", "aaaaab", "aaaaaa"}), tolerance);
  }
}

TEST(SimplerBorders, StraightenAStaircase) {
  std::vector<std::string> rows;
  for (std::size_t y = 0; y < 20; ++y)
    rows.push_back(std::string(y + 1, 'a') + std::string(20 - y, 'b'));
  const LabelRuns runs = drawn(rows);
  const LabelPieces pieces = pieces_drawn(runs);
  PieceOutlines outlines(runs, pieces);
  SimplerBorders borders({1, 1, 1});
  const CornerRing ring = outlines.rings_of(0)[0];
  EXPECT_GT(ring.size(), 40U);
  borders.add(ring);
  borders.settle();
  EXPECT_LE(borders.simplified(ring).size(), 5U);
}

// --- the file

struct PolygonRow {
  std::int64_t label;
  std::string name;
  double area;
  Geometry shape;
};

std::vector<PolygonRow> rows_of(const fs::path& path, const std::string& area) {
  Database database(path, Database::Mode::read);
  Statement rows = database.prepare("SELECT class, name, " + area + ", geom FROM landcover");
  std::vector<PolygonRow> result;
  while (rows.step())
    result.push_back(
        {rows.integer(0), std::string(rows.text(1)), rows.real(2), geometry_of_gpkg(rows.blob(3))});
  return result;
}

double plane_area(const Geometry& shape) {
  return area_within(shape, grown(bounding_box(shape), 1));
}

class MapPolygons : public testing::Test {
 protected:
  // Waves of three classes, no data in a corner.
  fs::path write_map(const std::string& crs, const GeoTransform& transform) {
    RasterSpec spec;
    spec.width = 90;
    spec.height = 70;
    spec.crs = crs;
    spec.map_from_pixel = transform;
    spec.band_names = {"land cover"};
    spec.nodata = 0;
    spec.class_names = {"no data", "water", "wood", "town"};
    spec.colours = {{0, {0, 0, 0}}, {1, {0, 0, 9}}, {2, {0, 9, 0}}, {3, {9, 0, 0}}};
    std::vector<std::uint8_t> labels;
    RandomStream random(5, "map");
    for (int y = 0; y < 70; ++y)
      for (int x = 0; x < 90; ++x) {
        const double wave =
            std::sin(x / 9.0) + std::cos((y + x / 2) / 7.0) + random.uniform(0, 0.4);
        labels.push_back(x + y < 20 ? 0 : wave < -0.3 ? 1 : wave < 0.7 ? 2 : 3);
        valid_ += labels.back() == 0 ? 0 : 1;
      }
    RasterWriter writer(folder_ / "map.tif", spec);
    writer.write<std::uint8_t>({0, 0, 90, 70}, labels);
    writer.finish();
    return folder_ / "map.tif";
  }
  fs::path write_utm() { return write_map("EPSG:32632", {570000, 2, 0, 5540000, 0, -2}); }

  fs::path folder_ = fresh_folder();
  double valid_ = 0;
  PolygonOptions options_{.output = folder_ / "map.gpkg"};
};

TEST_F(MapPolygons, HoldAllOfTheMap) {
  const fs::path map = write_utm();
  const std::int64_t count = write_map_polygons(map, options_);
  const auto rows = rows_of(options_.output, "area_m2");
  EXPECT_EQ(std::ssize(rows), count);
  double on_map = 0, on_ground = 0;
  for (const PolygonRow& row : rows) {
    const double area = plane_area(row.shape);
    EXPECT_NEAR(row.area, area, 0.002 * area);  // the scale of UTM
    on_map += area;
    on_ground += row.area;
    EXPECT_EQ(row.name, (std::vector<std::string>{"", "water", "wood", "town"})
                            .at(static_cast<std::size_t>(row.label)));
  }
  EXPECT_NEAR(on_map, 4 * valid_, 1e-3);
  EXPECT_NEAR(on_ground, 4 * valid_, 0.01 * valid_);
  Database database(options_.output, Database::Mode::read);
  EXPECT_EQ(database.query_integer("SELECT srs_id FROM gpkg_contents"), 32632);
  EXPECT_EQ(database.query_text("SELECT organization FROM gpkg_spatial_ref_sys WHERE "
                                "srs_id = 32632"),
            "EPSG");
}

// Degrees far north: what counts is the ground.
TEST_F(MapPolygons, MeasureTheGround) {
  (void)write_map_polygons(write_map("EPSG:4326", {25, 1e-4, 0, 65, 0, -1e-4}), options_);
  double area = 0;
  for (const PolygonRow& row : rows_of(options_.output, "area_m2")) area += row.area;
  EXPECT_NEAR(area, valid_ * 11.151 * 4.717, 0.002 * area);
}

TEST_F(MapPolygons, CountPixelsWithoutAPlace) {
  (void)write_map_polygons(write_map("", {0, 1, 0, 0, 0, 1}), options_);
  double area = 0;
  for (const PolygonRow& row : rows_of(options_.output, "area_px")) {
    area += row.area;
    EXPECT_DOUBLE_EQ(plane_area(row.shape), row.area);
    EXPECT_LE(bounding_box(row.shape).max_y, 0);
  }
  EXPECT_EQ(area, valid_);
  Database database(options_.output, Database::Mode::read);
  EXPECT_EQ(database.query_integer("SELECT srs_id FROM gpkg_contents"), -1);
}

TEST_F(MapPolygons, LeaveNoSmallOnes) {
  const fs::path map = write_utm();
  const std::int64_t all = write_map_polygons(map, options_);
  options_.least_area = 40;
  EXPECT_LT(write_map_polygons(map, options_), all);
  double area = 0;
  for (const PolygonRow& row : rows_of(options_.output, "area_m2")) {
    EXPECT_GE(row.area, 40);
    area += plane_area(row.shape);
  }
  EXPECT_NEAR(area, 4 * valid_, 1e-3);
}

TEST_F(MapPolygons, AreSimplerWithinMetres) {
  const fs::path map = write_utm();
  options_.least_area = 40;
  (void)write_map_polygons(map, options_);
  const auto points_and_area = [&] {
    std::pair<std::size_t, double> sum{};
    for (const PolygonRow& row : rows_of(options_.output, "area_m2")) {
      sum.first += row.shape.point_count();
      sum.second += plane_area(row.shape);
    }
    return sum;
  };
  const auto all = points_and_area();
  options_.simplify = 3;
  (void)write_map_polygons(map, options_);
  EXPECT_LT(points_and_area().first, all.first / 2);
  // Only the border of what holds no data may change the whole.
  EXPECT_NEAR(points_and_area().second, all.second, 3 * 2 * 40);
}

TEST_F(MapPolygons, LeaveNothingBehindWhereTheyCannotBeWritten) {
  const fs::path map = write_utm();
  options_.output = folder_ / "nowhere" / "map.gpkg";
  EXPECT_THROW((void)write_map_polygons(map, options_), Error);
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
  write_file_atomically(folder_ / "damaged.tif", "II*");
  options_.output = folder_ / "map.gpkg";
  EXPECT_THROW((void)write_map_polygons(folder_ / "damaged.tif", options_), Error);
  EXPECT_FALSE(fs::exists(options_.output));
  options_.least_area = -1;
  EXPECT_THROW((void)write_map_polygons(map, options_), Error);
}

}  // namespace
}  // namespace skyglot
