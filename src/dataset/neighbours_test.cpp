// SPDX-License-Identifier: Apache-2.0
#include "dataset/neighbours.hpp"

#include "dataset/memory_store_testing.hpp"
#include "geo/overlay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::MemoryMap;
using testing_support::MemoryStore;

const PixelWindow kTile{100, 100, 200, 100};

TEST(Neighbours, AmountShownIsMeasuredInsideTheTile) {
  EXPECT_EQ(shown_amount(Geometry::point({150, 150}), kTile), 1);
  EXPECT_EQ(shown_amount(Geometry::point({50, 150}), kTile), 0);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::line({{0, 150}, {1000, 150}}), kTile), 200);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::rectangle({0, 0, 150, 150}), kTile), 2500);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::rectangle({0, 0, 1000, 1000}), kTile), 20000);
  EXPECT_EQ(shown_amount(Geometry::rectangle({400, 400, 500, 500}), kTile), 0);
}

constexpr const char* kNeighboursLabels =
    "key,value,visible,max_gsd_m\n"
    "natural,tree,yes,0.6\n"
    "natural,water,yes,10\n"
    "landuse,forest,yes,10\n"
    "highway,service,yes,1\n"
    "building,yes,yes,1\n"
    "boundary,administrative,no,\n";

const Tags kWater{{"natural", "water"}};
const Tags kForest{{"landuse", "forest"}};
const Tags kRoad{{"highway", "service"}};
const Tags kTree{{"natural", "tree"}};

// A scene of pixels of a millionth of a degree, so that pixels are easily placed.
class NeighboursInAScene : public testing::Test {
 protected:
  void use(double west, double gsd_m) {
    Scene scene;
    scene.collection_code = "XX";
    scene.width = scene.height = 4000;
    scene.map_from_pixel = {west, 1e-6, 0, 10, 0, -1e-6};
    scene.crs_wkt = "EPSG:4326";
    scene.gsd_m = gsd_m;
    scene.footprint_lonlat = Geometry::rectangle({west, 10 - 0.004, west + 0.004, 10});
    catalogue_.scenes = {scene};
    catalogue_.collections.resize(1);
    catalogue_.collections[0].code = "XX";
    aligned_.emplace(catalogue_);
    plane_.emplace(catalogue_, *aligned_, 0);
  }
  static Geometry from_pixels(Geometry px) {
    return mapped(std::move(px), [](Point p) { return Point{20 + p.x * 1e-6, 10 - p.y * 1e-6}; });
  }
  std::vector<Tags> find(const MapObject& focus) {
    MemoryStore store(map_);
    return find_neighbours(store, labels_,
                           {.focus = focus,
                            .plane = *plane_,
                            .large = large_,
                            .tile = kTile,
                            .tile_lonlat = plane_->lonlat_bounds(kTile).value(),
                            .min_px = 8});
  }

  MemoryMap map_;
  VisibilityTable labels_ = VisibilityTable::parse(kNeighboursLabels, "labels");
  ImageryCatalogue catalogue_;
  std::optional<AlignedScenes> aligned_;
  std::optional<ScenePlane> plane_;
  LargeShapes large_;
};

TEST_F(NeighboursInAScene, ComeWithMostOfTheTileFirst) {
  use(20, 0.1);
  map_.objects.reserve(10);
  const MapObject& focus =
      map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({200, 150})));
  map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({210, 150})));            // 100
  map_.add(ObjectKind::way, kRoad, from_pixels(Geometry::line({{0, 120}, {900, 120}})));  // 1,000
  map_.add(ObjectKind::area, kForest, from_pixels(Geometry::rectangle({0, 0, 200, 200})));
  map_.add(ObjectKind::area, kWater, from_pixels(Geometry::rectangle({250, 150, 900, 900})));
  EXPECT_THAT(find(focus), ElementsAre(kForest, kWater, kRoad, kTree));
}

TEST_F(NeighboursInAScene, TooLittleTooCoarseOrOutsideIsNotNamed) {
  use(20, 0.1);
  map_.objects.reserve(10);
  const MapObject& focus =
      map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({200, 150})));
  map_.add(ObjectKind::way, kRoad, from_pixels(Geometry::line({{95, 120}, {107, 120}})));
  map_.add(ObjectKind::area, kWater, from_pixels(Geometry::rectangle({290, 190, 297, 197})));
  map_.add(ObjectKind::area, kForest, from_pixels(Geometry::rectangle({301, 100, 900, 900})));
  EXPECT_THAT(find(focus), IsEmpty());
  map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({210, 150})));
  EXPECT_THAT(find(focus), ElementsAre(kTree));
  use(20, 1);
  EXPECT_THAT(find(focus), IsEmpty()) << "trees are told up to 0.6 m";
}

TEST_F(NeighboursInAScene, ShapesOfWhatNobodySeesAreNeverRead) {
  use(20, 0.1);
  map_.objects.reserve(10);
  const MapObject& focus =
      map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({200, 150})));
  map_.add(ObjectKind::area, {{"boundary", "administrative"}},
           from_pixels(Geometry::rectangle({0, 0, 4000, 4000})));
  EXPECT_THAT(find(focus), IsEmpty());
  EXPECT_EQ(map_.shapes_read, 0U);
}

// The shore of a lake around the tile: `corners` of them, all at 2,000 pixels from its middle.
Geometry lake(int corners) {
  Path ring;
  for (int i = 0; i <= corners; ++i) {
    const double angle = 2 * std::numbers::pi * (i % corners) / corners;
    ring.push_back({200 + 2000 * std::cos(angle), 150 + 2000 * std::sin(angle)});
  }
  return Geometry::polygon(ring);
}

TEST_F(NeighboursInAScene, OfALargeShapeOnlyWhatLiesAroundTheTileIsMoved) {
  use(20, 0.1);
  map_.objects.reserve(10);
  const MapObject& focus =
      map_.add(ObjectKind::node, kTree, from_pixels(Geometry::point({200, 150})));
  map_.add(ObjectKind::area, kWater, from_pixels(lake(100'000)));
  const std::uint64_t before = plane_->points_moved();
  EXPECT_THAT(find(focus), ElementsAre(kWater));
  EXPECT_LT(plane_->points_moved() - before, 100U) << "not 100,000";
}

TEST_F(NeighboursInAScene, LargeShapesAreFoundOnTheOtherSideOfTheAntimeridian) {
  use(179.9998, 0.1);  // the tile's longitudes pass 180
  map_.objects.reserve(10);
  const MapObject& focus = map_.add(ObjectKind::node, kTree, Geometry::point({-179.9999, 9.99985}));
  const Geometry shore = mapped(lake(1000), [](Point p) {
    return Point{-180.0002 + p.x * 1e-6, 10 - p.y * 1e-6};
  });
  // The part on this side of the antimeridian, as maps have it.
  map_.add(ObjectKind::area, kWater, clipped(shore, {-180, 9, -179, 11}));
  EXPECT_THAT(find(focus), ElementsAre(kWater));
}

}  // namespace
}  // namespace skyglot
