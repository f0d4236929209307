// SPDX-License-Identifier: Apache-2.0
#include "dataset/tiles.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

constexpr int kDraws = 5000;

TEST(Tiles, PointLiesInTheCentralThirdOfEveryTile) {
  RandomStream random(1, "points");
  double least = 1;
  double most = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Point at{random.uniform(-1e5, 1e5), random.uniform(0, 1e5)};
    const PixelWindow tile = draw_point_tile(at, {}, random);
    for (const auto& [position, start, length] :
         {std::tuple(at.x, tile.x, tile.width), std::tuple(at.y, tile.y, tile.height)}) {
      ASSERT_GE(length, 168);
      ASSERT_LE(length, 300);
      const double relative = (position - start) / length;
      ASSERT_GE(relative, 1.0 / 3);
      ASSERT_LE(relative, 2.0 / 3);
      least = std::min(least, relative);
      most = std::max(most, relative);
    }
  }
  EXPECT_LT(least, 0.34) << "the jitter must use the whole third";
  EXPECT_GT(most, 0.66);
}

TEST(Tiles, PolygonTileHoldsItsBoxWithinAllLimits) {
  RandomStream random(2, "polygons");
  const TileRules rules;
  for (int i = 0; i < kDraws; ++i) {
    const double width = random.uniform(75, 1000);
    const double height = random.uniform(75, 1000);
    const double x = random.uniform(-1e4, 1e4);
    const double y = random.uniform(-1e4, 1e4);
    const Box box{x, y, x + width, y + height};
    const auto tile = draw_polygon_tile(box, rules, random);
    ASSERT_TRUE(tile) << width << " x " << height;
    ASSERT_GE(std::min(tile->width, tile->height), 150);
    ASSERT_LE(std::max(tile->width, tile->height), 1500);
    ASSERT_LE(std::max(tile->width, tile->height), 2 * std::min(tile->width, tile->height));
    ASSERT_LE(tile->x, box.min_x);
    ASSERT_LE(tile->y, box.min_y);
    ASSERT_GE(tile->x + tile->width, box.max_x);
    ASSERT_GE(tile->y + tile->height, box.max_y);
  }
}

TEST(Tiles, GrowthLimitHoldsUnlessTheAspectNeedsMore) {
  RandomStream random(3, "growth");
  for (int i = 0; i < kDraws; ++i) {
    const auto tile = draw_polygon_tile({0, 0, 200, 200}, {}, random);
    ASSERT_TRUE(tile);
    ASSERT_LE(tile->width, 600);
    ASSERT_LE(tile->height, 600);
  }
}

TEST(Tiles, BoxLargerThanEveryTileHasNone) {
  RandomStream random(4, "large");
  EXPECT_FALSE(draw_polygon_tile({0, 0, 1501, 100}, {}, random));
}

TEST(Tiles, SameStreamSameTile) {
  RandomStream first(5, "same", {7});
  RandomStream second(5, "same", {7});
  EXPECT_EQ(draw_point_tile({1000, 1000}, {}, first), draw_point_tile({1000, 1000}, {}, second));
}

}  // namespace
}  // namespace skyglot
