// SPDX-License-Identifier: Apache-2.0
#include "dataset/matching.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

constexpr const char* kLabels =
    "key,value,visible,max_gsd_m\n"
    "natural,tree,yes,0.6\n"
    "highway,residential,yes,1\n"
    "landuse,forest,yes,10\n"
    "building,yes,yes,1\n"
    "name,*,no,\n";

// A scene with the given grid; every pixel is valid.
Scene make_scene(const std::string& collection, const std::string& crs, const GeoTransform& grid,
                 int side) {
  Scene scene;
  scene.collection_code = collection;
  scene.width = scene.height = side;
  scene.map_from_pixel = grid;
  scene.crs_wkt = crs;
  const SceneGrid plane(grid, crs);
  const double edge = side;
  scene.footprint_lonlat = plane.lonlat_from_pixel(Box{0, 0, edge, edge}, 16).value();
  scene.gsd_m = 0.3;
  return scene;
}

class MatcherTest : public testing::Test {
 protected:
  void use(std::vector<Scene> scenes) {
    catalogue_.scenes = std::move(scenes);
    std::vector<Box> boxes;
    for (Scene& scene : catalogue_.scenes) {
      scene.fid = static_cast<std::int64_t>(boxes.size()) + 1;
      boxes.push_back(bounding_box(scene.footprint_lonlat));
      if (catalogue_.collections.empty() ||
          catalogue_.collections.back().code != scene.collection_code) {
        Collection collection;
        collection.code = scene.collection_code;
        catalogue_.collections.push_back(collection);
      }
    }
    index_ = std::make_unique<BoxIndex>(boxes);
    aligned_ = std::make_unique<AlignedScenes>(catalogue_);
    matcher_ = std::make_unique<Matcher>(
        Matcher::Shared{catalogue_, *aligned_, labels_, *index_, recipe_});
  }

  // A place of the scene, wrapped into -180..180 as maps have it.
  Point place(std::size_t scene, Point pixel) const {
    const Scene& s = catalogue_.scenes.at(scene);
    const auto lonlat = SceneGrid(s.map_from_pixel, s.crs_wkt).lonlat_from_pixel(pixel).value();
    return {unwrapped_longitude(lonlat.x, 0), lonlat.y};
  }

  MapObject tree(Point lonlat) {
    return {.fid = 1,
            .kind = ObjectKind::node,
            .osm_id = next_id_++,
            .tags = {{"natural", "tree"}},
            .geometry_lonlat = Geometry::point(lonlat)};
  }

  std::string reason(const MapObject& object) {
    const auto result = matcher_->match(object);
    return std::holds_alternative<Skipped>(result) ? std::get<Skipped>(result).reason : "";
  }

  ImageryCatalogue catalogue_;
  VisibilityTable labels_ = VisibilityTable::parse(kLabels, "labels");
  Recipe recipe_;
  std::unique_ptr<BoxIndex> index_;
  std::unique_ptr<AlignedScenes> aligned_;
  std::unique_ptr<Matcher> matcher_;
  RandomStream random_{7, "matching"};
  std::int64_t next_id_ = 1;
};

struct Ground {
  const char* name;
  const char* crs;
  GeoTransform grid;
};

const Ground kGrounds[] = {
    {"UTM at 50 degrees", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}},
    {"UTM at 80 degrees", "EPSG:32633", {500000, 0.3, 0, 8881000, 0, -0.3}},
    {"Web Mercator", "EPSG:3857", {1000000, 0.3, 0, 6500000, 0, -0.3}},
    {"degrees at 80 north", "EPSG:4326", {20, 1e-5, 0, 80, 0, -2e-6}},
    {"UTM over the antimeridian", "EPSG:32601", {165640, 0.3, 0, 100600, 0, -0.3}},
    {"degrees over the antimeridian", "EPSG:4326", {179.995, 3e-6, 0, 10, 0, -3e-6}},
};

class MatcherOnGround : public MatcherTest, public testing::WithParamInterface<Ground> {
 protected:
  void SetUp() override { use({make_scene("AE", GetParam().crs, GetParam().grid, kSide)}); }
  static constexpr int kSide = 4000;
  static constexpr double kInner = 300;  // away from the edge every draw must find a tile
};

TEST_P(MatcherOnGround, PointsLieInTheCentralThirdAndTilesInTheScene) {
  for (int i = 0; i < 600; ++i) {
    const Point pixel{random_.uniform(kInner, kSide - kInner),
                      random_.uniform(kInner, kSide - kInner)};
    const auto result = matcher_->match(tree(place(0, pixel)));
    ASSERT_TRUE(std::holds_alternative<Match>(result)) << std::get<Skipped>(result).reason;
    const PixelWindow tile = std::get<Match>(result).tile;
    ASSERT_GE(tile.x, 0);
    ASSERT_GE(tile.y, 0);
    ASSERT_LE(tile.x + tile.width, kSide);
    ASSERT_LE(tile.y + tile.height, kSide);
    const double u = (pixel.x - tile.x) / tile.width;
    const double v = (pixel.y - tile.y) / tile.height;
    ASSERT_TRUE(u > 0.333 && u < 0.667 && v > 0.333 && v < 0.667) << u << " " << v;
  }
}

TEST_P(MatcherOnGround, LinesThatLeaveTheSceneShowOneOfTheirNodes) {
  for (int i = 0; i < 300; ++i) {
    Path pixels;
    for (int k = 0; k < 6; ++k)
      pixels.push_back({random_.uniform(-kSide, 2 * kSide), random_.uniform(-kSide, 2 * kSide)});
    pixels[3] = {random_.uniform(kInner, kSide - kInner), random_.uniform(kInner, kSide - kInner)};
    Path lonlat;
    for (const Point& pixel : pixels) lonlat.push_back(place(0, pixel));
    const MapObject road{.fid = 1,
                         .kind = ObjectKind::way,
                         .osm_id = next_id_++,
                         .tags = {{"highway", "residential"}},
                         .geometry_lonlat = Geometry::line(lonlat)};
    const auto result = matcher_->match(road);
    // Lines over the antimeridian have a box around the whole Earth; that finds the scene as well.
    ASSERT_TRUE(std::holds_alternative<Match>(result)) << std::get<Skipped>(result).reason;
    const PixelWindow tile = std::get<Match>(result).tile;
    bool central = false;
    for (const Point& p : pixels) {
      const double u = (p.x - tile.x) / tile.width;
      const double v = (p.y - tile.y) / tile.height;
      central = central || (u > 0.333 && u < 0.667 && v > 0.333 && v < 0.667);
    }
    ASSERT_TRUE(central);
    ASSERT_TRUE(tile.x >= 0 && tile.y >= 0 && tile.x + tile.width <= kSide &&
                tile.y + tile.height <= kSide);
  }
}

TEST_P(MatcherOnGround, PolygonsLieInsideTheirTile) {
  for (int i = 0; i < 300; ++i) {
    const double width = random_.uniform(80, 900);
    const double height = random_.uniform(80, 900);
    const Point corner{random_.uniform(1500, 2000), random_.uniform(1500, 2000)};
    const Box box{corner.x, corner.y, corner.x + width, corner.y + height};
    const Geometry shape = mapped(Geometry::rectangle(box), [&](Point p) { return place(0, p); });
    const auto result = matcher_->match({.fid = 1,
                                         .kind = ObjectKind::area,
                                         .osm_id = next_id_++,
                                         .tags = {{"building", "yes"}},
                                         .geometry_lonlat = shape});
    ASSERT_TRUE(std::holds_alternative<Match>(result)) << std::get<Skipped>(result).reason;
    const PixelWindow tile = std::get<Match>(result).tile;
    ASSERT_LE(tile.x, box.min_x + 0.01);
    ASSERT_LE(tile.y, box.min_y + 0.01);
    ASSERT_GE(tile.x + tile.width, box.max_x - 0.01);
    ASSERT_GE(tile.y + tile.height, box.max_y - 0.01);
    ASSERT_GE(std::min(tile.width, tile.height), 150);
    ASSERT_LE(std::max(tile.width, tile.height), 1500);
    ASSERT_LE(std::max(tile.width, tile.height), 2 * std::min(tile.width, tile.height));
  }
}

INSTANTIATE_TEST_SUITE_P(Everywhere, MatcherOnGround, testing::ValuesIn(kGrounds));

TEST_F(MatcherTest, GsdDecidesWhatAPointMayTake) {
  Scene coarse = make_scene("S2", "EPSG:32633", {500000, 10, 0, 5540000, 0, -10}, 2000);
  coarse.gsd_m = 10.004;
  use({coarse});
  const Point middle = place(0, {1000, 1000});
  EXPECT_EQ(reason(tree(middle)), "gsd_too_coarse");
  MapObject forest = tree(middle);
  forest.tags = {{"landuse", "forest"}};
  EXPECT_EQ(reason(forest), "gsd_too_coarse") << "a point needs a GSD below the largest one";
  forest.kind = ObjectKind::area;
  forest.geometry_lonlat =
      mapped(Geometry::rectangle({1000, 1000, 1100, 1100}), [&](Point p) { return place(0, p); });
  EXPECT_EQ(reason(forest), "") << "10.004 m of true ground is a 10 m scene";
}

TEST_F(MatcherTest, PolygonSizesAreToldApart) {
  use({make_scene("AE", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000)});
  MapObject house = tree({0, 0});
  house.kind = ObjectKind::area;
  house.tags = {{"building", "yes"}};
  const auto reason_for = [&](const Box& box) {
    house.geometry_lonlat = mapped(Geometry::rectangle(box), [&](Point p) { return place(0, p); });
    return reason(house);
  };
  EXPECT_EQ(reason_for({1000, 1000, 1050, 1200}), "too_small");
  EXPECT_EQ(reason_for({1000, 1000, 2200, 1200}), "too_large");
  EXPECT_EQ(reason_for({1000, 1000, 1200, 1200}), "");
  EXPECT_EQ(reason_for({-500, 1000, -300, 1200}), "no_imagery");
  EXPECT_EQ(reason_for({-80, 1000, 120, 1200}), "no_valid_tile")
      << "half of it lies outside the scene";
  house.tags = {{"name", "Villa"}};
  EXPECT_EQ(reason_for({1000, 1000, 1200, 1200}), "no_visible_tag");
}

TEST_F(MatcherTest, EveryQualifyingCollectionIsChosenEquallyOften) {
  use({make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000),
       make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000),
       make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000),
       make_scene("B1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000)});
  int second = 0;
  for (int i = 0; i < 2000; ++i)
    second += std::get<Match>(matcher_->match(tree(place(0, {2000, 2000})))).scene == 3 ? 1 : 0;
  EXPECT_NEAR(second, 1000, 100) << "uniform over collections, however many scenes each has";
}

TEST_F(MatcherTest, SameObjectAndSeedGiveTheSameTile) {
  use({make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000)});
  const MapObject object = tree(place(0, {2000, 2000}));
  const auto first = std::get<Match>(matcher_->match(object));
  const auto again = std::get<Match>(matcher_->match(object));
  EXPECT_EQ(first.tile, again.tile);
  recipe_.seed = 8;
  use(catalogue_.scenes);
  EXPECT_NE(std::get<Match>(matcher_->match(object)).tile, first.tile);
}

TEST_F(MatcherTest, HolesInTheFootprintAreAvoided) {
  Scene scene = make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000);
  use({scene});
  const Geometry hole =
      mapped(Geometry::rectangle({1900, 0, 4000, 4000}), [&](Point p) { return place(0, p); });
  scene.footprint_lonlat.parts[0].push_back(hole.parts[0][0]);
  use({scene});
  for (int i = 0; i < 200; ++i) {
    const auto result = matcher_->match(tree(place(0, {1780, 1000.0 + i})));
    if (const auto* match = std::get_if<Match>(&result)) {
      ASSERT_LE(match->tile.x + match->tile.width, 1901);
    }
  }
}

}  // namespace
}  // namespace skyglot
