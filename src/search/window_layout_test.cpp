// SPDX-License-Identifier: Apache-2.0
#include "search/window_layout.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

namespace skyglot {
namespace {

Scene scene_of(int width, int height, double gsd_m) {
  Scene scene;
  scene.width = width;
  scene.height = height;
  scene.gsd_m = gsd_m;
  return scene;
}

TEST(UsualSizes, FollowTheGsdButNotBelowThings) {
  EXPECT_EQ(usual_sizes_m(0.1), (std::vector<double>{40, 80, 160}));
  EXPECT_EQ(usual_sizes_m(0.6), (std::vector<double>{40, 80, 160}));
  EXPECT_EQ(usual_sizes_m(3), (std::vector<double>{160, 320, 640}));
  EXPECT_EQ(usual_sizes_m(10), (std::vector<double>{640, 1280, 2560}));
}

TEST(LayWindows, CoverEveryPixelInEverySizeAndStayInside) {
  const Scene scene = scene_of(101, 67, 2);
  const auto windows = lay_windows(scene, 2, {.sizes_m = {20, 64}});
  std::set<std::pair<int, int>> corners;
  for (const int side : {10, 32}) {
    std::vector<int> covered(101 * 67);
    for (const SearchWindow& window : windows) {
      const PixelWindow& w = window.pixels;
      if (w.width != side) continue;
      EXPECT_EQ(w.height, side);
      EXPECT_DOUBLE_EQ(window.size_m, side * 2.0);
      ASSERT_GE(std::min(w.x, w.y), 0);
      ASSERT_LE(w.x + side, 101);
      ASSERT_LE(w.y + side, 67);
      for (int y = w.y; y < w.y + side; ++y)
        for (int x = w.x; x < w.x + side; ++x) ++covered[static_cast<std::size_t>(y * 101 + x)];
    }
    EXPECT_EQ(std::ranges::count(covered, 0), 0) << side;
  }
}

TEST(LayWindows, ANarrowSceneGivesOneLayerOfItsShorterSide) {
  const auto windows = lay_windows(scene_of(30, 12, 1), 1, {.sizes_m = {40, 80, 160}});
  ASSERT_EQ(windows.size(), 4u);
  EXPECT_EQ(windows[0].pixels, (PixelWindow{0, 0, 12, 12}));
  EXPECT_EQ(windows[1].pixels, (PixelWindow{6, 0, 12, 12}));
  EXPECT_EQ(windows[3].pixels, (PixelWindow{18, 0, 12, 12}));
  EXPECT_EQ(lay_windows(scene_of(1, 1, 10), 10, {}).size(), 1u);
}

TEST(LayWindows, WithoutOverlapTheyTouch) {
  const auto windows = lay_windows(scene_of(30, 10, 1), 1, {.sizes_m = {10}, .overlap = 0});
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(windows[1].pixels.x, 10);
}

TEST(LayWindows, GoOnIntoNeighboursOnTheSidesWhereThereAreSome) {
  const auto count = [](const SceneReach& reach) {
    return lay_windows(scene_of(20, 20, 1), 1, {.sizes_m = {10}}, reach).size();
  };
  EXPECT_EQ(count({}), 9u);
  EXPECT_EQ(count({.right = true}), 12u);
  EXPECT_EQ(count({.right = true, .below = true}), 16u);
  const auto windows = lay_windows(scene_of(20, 20, 1), 1, {.sizes_m = {10}}, {.right = true});
  EXPECT_EQ(windows[3].pixels, (PixelWindow{15, 0, 10, 10}));
}

TEST(WindowLayout, NonsenseIsRefusedAllAtOnce) {
  const WindowLayout layout{
      .sizes_m = {0, std::numeric_limits<double>::quiet_NaN()}, .overlap = 1, .least_valid = 2};
  try {
    layout.validate();
    FAIL();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(message.find("overlap"), std::string::npos);
    EXPECT_NE(message.find("valid"), std::string::npos);
    EXPECT_NE(message.find("no ground"), std::string::npos);
  }
  EXPECT_NO_THROW(WindowLayout{}.validate());
}

}  // namespace
}  // namespace skyglot
