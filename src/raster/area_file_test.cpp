// SPDX-License-Identifier: Apache-2.0
#include "raster/area_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "geo/geopackage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unistd.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

fs::path written(const std::string& name, const std::string& text) {
  const fs::path path = fs::path(::testing::TempDir()) / (std::to_string(getpid()) + "-" + name);
  write_file_atomically(path, text);
  return path;
}

std::string feature(const std::string& type, const std::string& coordinates) {
  return R"({"type":"Feature","properties":{},"geometry":{"type":")" + type +
         R"(","coordinates":)" + coordinates + "}}";
}

std::string collection(const std::string& features, const std::string& more = "") {
  return R"({"type":"FeatureCollection",)" + more + R"("features":[)" + features + "]}";
}

TEST(ReadAreas, PolygonsOfAllFeaturesAndNothingElse) {
  const fs::path path =
      written("areas.geojson",
              collection(feature("Polygon", "[[[0,0],[2,0],[2,1],[0,0]]]") + "," +
                         feature("Point", "[7,7]") + "," +
                         feature("MultiPolygon", "[[[[5,5,9],[6,5,9],[6,6,9],[5,5,9]]]]")));
  const std::vector<Geometry> areas = read_areas_lonlat(path);
  ASSERT_EQ(areas.size(), 2u);
  EXPECT_EQ(areas[0].kind, GeometryKind::polygon);
  EXPECT_EQ(bounding_box(areas[0]), (Box{0, 0, 2, 1}));
  EXPECT_EQ(bounding_box(areas[1]), (Box{5, 5, 6, 6}));
}

TEST(ReadAreas, MapsOfMetresBecomeDegrees) {
  const std::string crs =
      R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},)";
  const fs::path path =
      written("metres.geojson",
              collection(feature("Polygon", "[[[0,0],[111319.49,0],[0,100000],[0,0]]]"), crs));
  const Box box = bounding_box(read_areas_lonlat(path).at(0));
  EXPECT_NEAR(box.max_x, 1, 1e-6);
  EXPECT_NEAR(box.max_y, 0.898, 1e-3);
}

TEST(ReadAreas, GeoPackagesOfOurs) {
  const fs::path path = written("ours.gpkg", "");
  fs::remove(path);
  {
    GeoPackageWriter writer(path);
    writer.add_table({"areas", "", "POLYGON", {}});
    const std::string shape = gpkg_blob(Geometry::rectangle({1, 2, 3, 4}));
    Statement insert = writer.insert_into("areas");
    insert.bind(1, std::int64_t{1}).bind_blob(2, shape).run();
    writer.add_extent("areas", 1, {1, 2, 3, 4});
    writer.close();
  }
  EXPECT_EQ(bounding_box(read_areas_lonlat(path).at(0)), (Box{1, 2, 3, 4}));
}

TEST(ReadAreas, WhatHoldsNoneIsNamed) {
  EXPECT_THROW((void)read_areas_lonlat("/nowhere.geojson"), Error);
  EXPECT_THROW((void)read_areas_lonlat(written("no.geojson", "{}")), Error);
  EXPECT_THROW(
      (void)read_areas_lonlat(written("points.geojson", collection(feature("Point", "[7,7]")))),
      Error);
}

}  // namespace
}  // namespace skyglot
