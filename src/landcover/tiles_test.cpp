// SPDX-License-Identifier: Apache-2.0
#include "landcover/tiles.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace skyglot {
namespace {

Scene scene_of(int width, int height) {
  Scene scene;
  scene.width = width;
  scene.height = height;
  return scene;
}

TEST(LayTiles, CoversEveryPixelAndStaysInside) {
  for (const auto& [width, height] : {std::pair{100, 64}, {33, 97}, {32, 32}, {64, 65}}) {
    TileLayout layout;
    layout.side = 32;
    std::set<std::pair<int, int>> covered;
    for (const GroundTile& tile : lay_tiles({scene_of(width, height)}, layout)) {
      EXPECT_GE(tile.window.x, 0);
      EXPECT_LE(tile.window.x + 32, width);
      EXPECT_LE(tile.window.y + 32, height);
      for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 32; ++x) covered.insert({tile.window.x + x, tile.window.y + y});
    }
    EXPECT_EQ(covered.size(), static_cast<std::size_t>(width * height));
  }
}

TEST(LayTiles, TakesSquaresOfANarrowScene) {
  TileLayout layout;
  layout.side = 224;
  const auto tiles = lay_tiles({scene_of(300, 160), scene_of(5, 900)}, layout);
  ASSERT_FALSE(tiles.empty());
  EXPECT_EQ(tiles.front().window, (PixelWindow{0, 0, 160, 160}));
  EXPECT_EQ(tiles.back().window, (PixelWindow{0, 895, 5, 5}));
}

TEST(LayTiles, FiveCropsOfEach) {
  TileLayout layout;
  layout.side = 64;
  layout.five_crop = true;
  const auto tiles = lay_tiles({scene_of(64, 64)}, layout);
  ASSERT_EQ(tiles.size(), 5U);
  EXPECT_EQ(tiles[0].window, (PixelWindow{0, 0, 32, 32}));
  EXPECT_EQ(tiles[3].window, (PixelWindow{32, 32, 32, 32}));
  EXPECT_EQ(tiles[4].window, (PixelWindow{16, 16, 32, 32}));
}

TEST(ShareGround, TellsNeighboursFromOverlaps) {
  const GroundTile tile{0, {0, 0, 32, 32}};
  EXPECT_TRUE(share_ground(tile, {0, {31, 31, 32, 32}}));
  EXPECT_FALSE(share_ground(tile, {0, {32, 0, 32, 32}}));
  EXPECT_FALSE(share_ground(tile, {1, {0, 0, 32, 32}}));
}

TEST(TileLayout, SaysWhatIsWrong) {
  TileLayout layout;
  layout.side = 100;
  layout.overlap = 1;
  try {
    layout.validate(16);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("take 96"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("overlap"), std::string::npos);
  }
}

}  // namespace
}  // namespace skyglot
