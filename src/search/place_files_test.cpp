// SPDX-License-Identifier: Apache-2.0
#include "search/place_files.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

FoundPlace place_at(const Box& box) {
  FoundPlace place;
  place.row = 7;
  place.score = 0.25F;
  place.percentile = 99.5;
  place.window.id = "scene/0_0_64";
  place.window.scene_fid = 1;
  place.window.size_m = 640;
  place.window.gsd_m = 10;
  place.window.collection = "S2";
  place.window.footprint_lonlat = Geometry::rectangle(box);
  return place;
}

TEST(PlacesGeojson, OnePolygonAPlace) {
  const Json json = places_geojson({place_at({1, 2, 3, 4})});
  const Json& feature = json.at("features").at(0);
  EXPECT_EQ(feature.at("geometry").at("type"), "Polygon");
  EXPECT_EQ(feature.at("bbox"), Json({1.0, 2.0, 3.0, 4.0}));
  EXPECT_EQ(feature.at("properties").at("percentile"), 99.5);
  EXPECT_TRUE(feature.at("properties").at("date").is_null());
}

TEST(PlacesGeojson, IsCutAtTheAntimeridian) {
  const Json json = places_geojson({place_at({179, 2, 181, 4})});
  const Json& feature = json.at("features").at(0);
  EXPECT_EQ(feature.at("geometry").at("type"), "MultiPolygon");
  EXPECT_EQ(feature.at("geometry").at("coordinates").size(), 2u);
  EXPECT_EQ(feature.at("bbox"), Json({179.0, 2.0, -179.0, 4.0}));
  for (const Json& polygon : feature.at("geometry").at("coordinates"))
    for (const Json& point : polygon.at(0)) {
      EXPECT_LE(std::abs(point.at(0).get<double>()), 180);
    }
}

TEST(PlacesGeojson, APictureHasNoPlace) {
  FoundPlace picture;
  picture.window.id = "a/b.png";
  const Json json = places_geojson({picture});
  EXPECT_TRUE(json.at("features").at(0).at("geometry").is_null());
  EXPECT_FALSE(place_json(picture).contains("bbox_lonlat"));
}

TEST(WritePlaces, ByTheEnding) {
  const std::filesystem::path folder = ::testing::TempDir();
  const std::vector<FoundPlace> places{place_at({1, 2, 3, 4}), place_at({5, 6, 7, 8})};
  write_places(folder / "places.csv", places);
  const std::string csv = read_file(folder / "places.csv");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 3);
  EXPECT_NE(csv.find("scene/0_0_64,0.25,99.5,1,2,3,4,640,10,,S2"), std::string::npos);
  write_places(folder / "places.gpkg", places);
  Database database(folder / "places.gpkg", Database::Mode::read);
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM places"), 2);
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM rtree_places_geom"), 2);
  EXPECT_THROW(write_places(folder / "places.shp", places), Error);
}

}  // namespace
}  // namespace skyglot
