// SPDX-License-Identifier: Apache-2.0
#include "dataset/matching.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

constexpr const char* kMatchingLabels =
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

// Splits are tested apart.
Recipe one_split() {
  Recipe recipe;
  recipe.val_fraction = recipe.test_fraction = 0;
  return recipe;
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
    blocks_ = std::make_unique<SplitBlocks>(split_rules(recipe_, catalogue_));
    aligned_ = std::make_unique<AlignedScenes>(catalogue_);
    matcher_ = std::make_unique<Matcher>(
        Matcher::Shared{catalogue_, *aligned_, labels_, *index_, recipe_, *blocks_});
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

  // Corners (low, low) and (high, high) in the scene's pixels.
  Geometry square(std::size_t scene, double low, double high) const {
    return mapped(Geometry::rectangle({low, low, high, high}),
                  [&](Point p) { return place(scene, p); });
  }

  std::string reason(const MapObject& object) {
    const auto result = matcher_->match(object);
    return std::holds_alternative<Skipped>(result) ? std::get<Skipped>(result).reason : "";
  }

  ImageryCatalogue catalogue_;
  VisibilityTable labels_ = VisibilityTable::parse(kMatchingLabels, "labels");
  Recipe recipe_ = one_split();
  std::unique_ptr<BoxIndex> index_;
  std::unique_ptr<SplitBlocks> blocks_;
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

Scene satellite_scene(double gsd_m) {
  Scene scene = make_scene("S2", "EPSG:32633", {500000, gsd_m, 0, 5540000, 0, -gsd_m}, 2000);
  scene.gsd_m = gsd_m * 1.0004;
  return scene;
}

TEST_F(MatcherTest, GsdDecidesWhatAPointMayTake) {
  use({satellite_scene(1)});
  MapObject object = tree(place(0, {1000, 1000}));
  EXPECT_EQ(reason(object), "gsd_too_coarse");
  object.tags = {{"building", "yes"}};
  EXPECT_EQ(reason(object), "gsd_too_coarse") << "a point needs a GSD below the largest one";
  object.kind = ObjectKind::area;
  object.geometry_lonlat = square(0, 1000, 1100);
  EXPECT_EQ(reason(object), "") << "1.0004 m of true ground is a 1 m scene";
}

TEST_F(MatcherTest, TenMetresMeanTenMetresAndCoarser) {
  for (const double gsd_m : {10.0, 30.0}) {
    use({satellite_scene(gsd_m)});
    MapObject object = tree(place(0, {1000, 1000}));
    object.tags = {{"landuse", "forest"}};
    EXPECT_EQ(reason(object), "") << gsd_m;
    object.kind = ObjectKind::area;
    object.geometry_lonlat = square(0, 1000, 1080);
    EXPECT_EQ(reason(object), "") << gsd_m;
    object.tags = {{"building", "yes"}};
    EXPECT_EQ(reason(object), "gsd_too_coarse") << "no tag of it could be told";
  }
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

TEST_F(MatcherTest, TilesOfTwoSplitsNeverOverlapAndFewObjectsAreLost) {
  recipe_.val_fraction = recipe_.test_fraction = 0.2;
  Scene satellite = make_scene("S2", "EPSG:32633", {300000, 10, 0, 5640000, 0, -10}, 8000);
  satellite.gsd_m = 10;
  use({satellite});
  std::vector<Match> matches;
  std::array<int, 3> kept{};
  int lost = 0;
  constexpr int kObjects = 1500;
  for (int i = 0; i < kObjects; ++i) {
    MapObject forest = tree(place(0, {random_.uniform(300, 7700), random_.uniform(300, 7700)}));
    forest.tags = {{"landuse", "forest"}};
    const auto result = matcher_->match(forest);
    if (const auto* match = std::get_if<Match>(&result)) {
      matches.push_back(*match);
      ++kept.at(static_cast<std::size_t>(match->split));
    } else {
      ASSERT_EQ(std::get<Skipped>(result).reason, "split_overlap");
      ++lost;
    }
  }
  // With 5 % for each of the smaller splits a third as many borders matter.
  EXPECT_LT(lost, kObjects / 8);
  EXPECT_TRUE(kept[0] > 0 && kept[1] > 0 && kept[2] > 0);
  for (const Match& a : matches)
    for (const Match& b : matches)
      ASSERT_TRUE(a.split == b.split || !intersects(a.tile_lonlat, b.tile_lonlat));
}

TEST_F(MatcherTest, AnotherCollectionIsTakenWhereTheFirstOneCrossesASplit) {
  recipe_.val_fraction = recipe_.test_fraction = 0.3;
  recipe_.split_block_deg = 0.02;
  use({make_scene("S2", "EPSG:32633", {499000, 10, 0, 5541000, 0, -10}, 2000),
       make_scene("AE", "EPSG:32633", {508000, 0.3, 0, 5532000, 0, -0.3}, 4000)});
  std::array<int, 2> chosen{};
  for (int i = 0; i < 200; ++i) {
    MapObject forest = tree(place(1, {random_.uniform(300, 3700), random_.uniform(300, 3700)}));
    forest.tags = {{"landuse", "forest"}};
    const auto result = matcher_->match(forest);
    if (const auto* match = std::get_if<Match>(&result)) ++chosen.at(match->scene);
  }
  EXPECT_GT(chosen[1], 170) << "2 km tiles seldom fit blocks of 2 km, tiles of 60 m do";
}

TEST_F(MatcherTest, ALargeShapeIsMovedOnlyWhereItMayFit) {
  // 20 scenes side by side, all under a lake of 30 km that has 100,000 corners.
  std::vector<Scene> scenes;
  for (int i = 0; i < 20; ++i)
    scenes.push_back(
        make_scene("AE", "EPSG:32633", {500000 + i * 1200.0, 0.3, 0, 5540000, 0, -0.3}, 4000));
  use(std::move(scenes));
  Path shore;
  for (int i = 0; i <= 100'000; ++i) {
    const double angle = 2 * std::numbers::pi * (i % 100'000) / 100'000;
    shore.push_back(place(10, {2000 + 50'000 * std::cos(angle), 2000 + 50'000 * std::sin(angle)}));
  }
  MapObject object = tree({0, 0});
  object.kind = ObjectKind::area;
  object.tags = {{"building", "yes"}};
  object.geometry_lonlat = Geometry::polygon(shore);
  EXPECT_EQ(reason(object), "too_large");
  EXPECT_LT(matcher_->points_moved(), 20U * 6) << "the outermost corners tell";
  object.kind = ObjectKind::way;
  object.tags = {{"highway", "residential"}};
  shore.push_back(place(10, {2000, 2000}));
  object.geometry_lonlat = Geometry::line(shore);
  EXPECT_EQ(reason(object), "");
  EXPECT_LT(matcher_->points_moved(), 4000U) << "nodes far from a scene are not moved";
}

// Two files of one orthophoto, side by side.
std::vector<Scene> neighbours(const std::string& left_date, const std::string& right_date) {
  std::vector<Scene> scenes;
  for (const double west : {500000.0, 500600.0})
    scenes.push_back(make_scene("AE", "EPSG:32633", {west, 0.3, 0, 5540000, 0, -0.3}, 2000));
  scenes[0].date = left_date;
  scenes[1].date = right_date;
  return scenes;
}

TEST_F(MatcherTest, TilesReachIntoAlignedScenesOfTheDate) {
  // 40 pixels from the seam no tile of 168 pixels with the tree in its central third fits one side.
  for (const std::string date : {"", "2021-06-01"}) {
    use(neighbours(date, date));
    for (int i = 0; i < 100; ++i) {
      const auto result = matcher_->match(tree(place(0, {1960, 400.0 + 10 * i})));
      ASSERT_TRUE(std::holds_alternative<Match>(result)) << std::get<Skipped>(result).reason;
      const Match& match = std::get<Match>(result);
      EXPECT_LT(match.tile.x, match.scene == 0 ? 2000 : 0);
      EXPECT_GT(match.tile.x + match.tile.width, match.scene == 0 ? 2000 : 0);
    }
  }
  use(neighbours("2021-06-01", "2021-06-02"));
  EXPECT_EQ(reason(tree(place(0, {1960, 400}))), "no_valid_tile");
  use(neighbours("2021-06-01", ""));
  EXPECT_EQ(reason(tree(place(0, {1960, 400}))), "no_valid_tile") << "nobody knows that date";
}

TEST_F(MatcherTest, ANominalGsdCountsNotTheScenes) {
  use({make_scene("AE", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000)});
  catalogue_.collections[0].gsd_m = 0.6;
  aligned_ = std::make_unique<AlignedScenes>(catalogue_);
  matcher_ = std::make_unique<Matcher>(
      Matcher::Shared{catalogue_, *aligned_, labels_, *index_, recipe_, *blocks_});
  MapObject house = tree({0, 0});
  house.kind = ObjectKind::area;
  house.tags = {{"building", "yes"}};
  house.geometry_lonlat = square(0, 1000, 1140);
  EXPECT_EQ(reason(house), "too_small") << "70 pixels of 0.6 m";
  house.geometry_lonlat = square(0, 1000, 1200);
  const auto result = matcher_->match(house);
  ASSERT_TRUE(std::holds_alternative<Match>(result));
  const PixelWindow tile = std::get<Match>(result).tile;
  EXPECT_GE(tile.width, 150);
  EXPECT_LE(tile.x, 500);
  EXPECT_GE(tile.x + tile.width, 600);
  EXPECT_LE(tile.width, 3 * 150);
  EXPECT_EQ(reason(tree(place(0, {1500, 1500}))), "gsd_too_coarse") << "trees want less than 0.6 m";
}

TEST_F(MatcherTest, HolesInTheFootprintAreAvoided) {
  Scene scene = make_scene("A1", "EPSG:32633", {500000, 0.3, 0, 5540000, 0, -0.3}, 4000);
  use({scene});
  const Geometry hole =
      mapped(Geometry::rectangle({1900, 0, 4000, 4000}), [&](Point p) { return place(0, p); });
  scene.footprint_lonlat.parts[0].push_back(hole.parts[0][0]);
  use({scene});
  int matched = 0;
  for (int i = 0; i < 200; ++i) {
    const auto result = matcher_->match(tree(place(0, {1780, 1000.0 + i})));
    const auto* match = std::get_if<Match>(&result);
    if (match == nullptr) continue;
    ++matched;
    ASSERT_LE(match->tile.x + match->tile.width, 1901);
  }
  // 120 pixels from the hole a good part of the draws lies wholly on valid pixels.
  EXPECT_GT(matched, 150);
  EXPECT_EQ(reason(tree(place(0, {2500, 1000}))), "no_imagery");
  EXPECT_EQ(reason(tree(place(0, {1890, 1000}))), "no_valid_tile");
}

}  // namespace
}  // namespace skyglot
