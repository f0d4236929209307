// SPDX-License-Identifier: Apache-2.0
#include "dataset/split_blocks.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

constexpr SplitRules kRules{.seed = 1, .val_fraction = 0.1, .test_fraction = 0.2, .side_deg = 0.02};

TEST(SplitBlocks, SharesOfTheGroundComeOutAsAsked) {
  const SplitBlocks blocks(kRules);
  std::array<int, 3> counts{};
  RandomStream random(1, "splits");
  for (int i = 0; i < 20000; ++i) {
    const double x = random.uniform(-180, 180);
    const double y = random.uniform(-80, 80);
    ++counts.at(static_cast<std::size_t>(blocks.split_of({x, y, x, y}).value()));
  }
  EXPECT_NEAR(counts[1] / 20000.0, 0.1, 0.01);
  EXPECT_NEAR(counts[2] / 20000.0, 0.2, 0.01);
}

struct Tile {
  Box box;
  Split split;
};

// Tiles of several sizes, some named from the other side of the antimeridian.
std::vector<Tile> tiles_at(const SplitBlocks& blocks, double west, double south) {
  RandomStream random(2, "tiles");
  std::vector<Tile> tiles;
  for (int i = 0; i < 1500; ++i) {
    const double x = random.uniform(west, west + 0.2);
    const double y = random.uniform(south, south + 0.1);
    const double side = random.uniform(0.0005, i % 10 == 0 ? 0.03 : 0.005);
    const double turn = x > 180 && i % 2 == 0 ? -360 : 0;
    const Box box{x + turn, y, x + turn + side, std::min(y + side, 90.0)};
    if (const auto split = blocks.split_of(box)) tiles.push_back({box, *split});
  }
  return tiles;
}

TEST(SplitBlocks, NoTwoSplitsSeeTheSameGround) {
  const SplitBlocks blocks(kRules);
  for (const double south : {-90.0, 0.0, 50.0, 80.0, 89.9}) {
    const auto tiles = tiles_at(blocks, 179.9, south);
    std::array<int, 3> kept{};
    for (const Tile& a : tiles) {
      ++kept.at(static_cast<std::size_t>(a.split));
      for (const Tile& b : tiles) {
        if (a.split == b.split) continue;
        for (const double turn : {-360.0, 0.0, 360.0})
          ASSERT_FALSE(intersects(shifted(a.box, turn, 0), b.box)) << south;
      }
    }
    EXPECT_GT(tiles.size(), 300U) << south;
    if (south == 50.0) {
      EXPECT_TRUE(kept[0] > 0 && kept[1] > 0 && kept[2] > 0);
    }
  }
}

TEST(SplitBlocks, ATileAroundAPoleTouchesTheWholeRow) {
  SplitRules rules = kRules;
  rules.val_fraction = rules.test_fraction = 0.45;
  EXPECT_FALSE(SplitBlocks(rules).split_of({-180, 85, 180, 90}).has_value());
}

TEST(SplitBlocks, WithoutOtherSplitsNothingIsLost) {
  const SplitBlocks blocks({.seed = 1, .val_fraction = 0, .test_fraction = 0, .side_deg = 0.001});
  EXPECT_EQ(blocks.split_of({-180, -90, 180, 90}), Split::train);
}

ImageryCatalogue imagery_of(double gsd_m) {
  ImageryCatalogue catalogue;
  Collection collection;
  collection.code = "XX";
  collection.gsd_m = gsd_m;
  catalogue.collections.push_back(collection);
  Scene scene;
  scene.collection_code = "XX";
  scene.gsd_m = gsd_m;
  catalogue.scenes.push_back(scene);
  return catalogue;
}

TEST(SplitBlocks, AreAsLargeAsTheLargestTile) {
  const Recipe recipe;
  EXPECT_DOUBLE_EQ(split_rules(recipe, imagery_of(0.3)).side_deg, 0.02);
  EXPECT_NEAR(split_rules(recipe, imagery_of(10)).side_deg, 15000 / 111000.0, 0.001);
  EXPECT_NEAR(split_rules(recipe, imagery_of(30)).side_deg, 45000 / 111000.0, 0.003);
  Recipe mine;
  mine.split_block_deg = 0.004;
  EXPECT_EQ(split_rules(mine, imagery_of(10)).side_deg, 0.004);
}

}  // namespace
}  // namespace skyglot
