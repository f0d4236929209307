// SPDX-License-Identifier: Apache-2.0
#include "imagery/mask_outline.hpp"

#include "base/random.hpp"
#include "geo/overlay.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

std::vector<std::uint8_t> mask_of(const std::vector<std::string>& rows) {
  std::vector<std::uint8_t> mask;
  for (const std::string& row : rows)
    for (const char c : row) mask.push_back(c == '#' ? 1 : 0);
  return mask;
}

double area(const Geometry& shape) {
  return area_within(shape, {-1e6, -1e6, 1e6, 1e6});
}

TEST(MaskOutline, FullMaskIsItsRectangle) {
  const Geometry shape = mask_outline(mask_of({"###", "###"}), 3, 2);
  ASSERT_EQ(shape.parts.size(), 1U);
  EXPECT_EQ(shape.parts[0][0].size(), 5U);
  EXPECT_EQ(bounding_box(shape), (Box{0, 0, 3, 2}));
}

TEST(MaskOutline, EmptyMaskHasNoParts) {
  EXPECT_TRUE(mask_outline(mask_of({"...", "..."}), 3, 2).parts.empty());
}

TEST(MaskOutline, OneCell) {
  const Geometry shape = mask_outline(mask_of({"#"}), 1, 1, {.min_cells = 4, .tolerance = 1});
  EXPECT_EQ(bounding_box(shape), (Box{0, 0, 1, 1}));
}

TEST(MaskOutline, HolesBelongToTheirIslandAndCornersDoNotConnect) {
  const Geometry shape = mask_outline(mask_of({"#####..",  //
                                               "#...#..",  //
                                               "#.#.#..",  //
                                               "#...#..",  //
                                               "#####..",  //
                                               ".....##",  //
                                               ".....##"}),
                                      7, 7);
  ASSERT_EQ(shape.parts.size(), 3U);
  EXPECT_EQ(shape.parts[0].size(), 2U);
  EXPECT_DOUBLE_EQ(area(shape), 16 + 1 + 4);
  EXPECT_TRUE(polygon_contains(shape, Point{2.5, 2.5}));
  EXPECT_FALSE(polygon_contains(shape, Point{1.5, 2.5}));
}

TEST(MaskOutline, SmallIslandsAndHolesCanBeLeftOut) {
  const Geometry shape = mask_outline(mask_of({"#####.#",  //
                                               "##.##..",  //
                                               "#####.."}),
                                      7, 3, {.min_cells = 4, .tolerance = 0});
  ASSERT_EQ(shape.parts.size(), 1U);
  EXPECT_DOUBLE_EQ(area(shape), 15);
}

// Any noise: the outline covers exactly the cells that are set.
TEST(MaskOutline, AgreesWithEveryCellOfRandomMasks) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random(seed, "mask");
    std::vector<std::uint8_t> mask(15 * 11);
    for (auto& cell : mask) cell = random.uniform() < 0.55 ? 1 : 0;
    const Geometry shape = mask_outline(mask, 15, 11);
    EXPECT_DOUBLE_EQ(area(shape), std::accumulate(mask.begin(), mask.end(), 0.0));
    for (int y = 0; y < 11; ++y)
      for (int x = 0; x < 15; ++x)
        ASSERT_EQ(polygon_contains(shape, Point{x + 0.5, y + 0.5}),
                  mask[static_cast<std::size_t>(y * 15 + x)] != 0)
            << seed << ": " << x << "," << y;
  }
}

TEST(MaskOutline, StraightenedWedgeStaysWithinTheTolerance) {
  constexpr int kSize = 200;
  std::vector<std::uint8_t> mask(kSize * kSize);
  for (int y = 0; y < kSize; ++y)
    for (int x = 0; x < kSize; ++x) mask[static_cast<std::size_t>(y * kSize + x)] = x > y / 2;
  const Geometry shape = mask_outline(mask, kSize, kSize, {.min_cells = 4, .tolerance = 1});
  EXPECT_LT(shape.point_count(), 10U);
  for (const Point& point : shape.parts[0][0])
    EXPECT_GE(point.x, point.y / 2 - 1) << point.x << "," << point.y;
}

TEST(Simplified, KeepsEndsAndCorners) {
  EXPECT_EQ(simplified({{0, 0}, {1, 0.1}, {2, 0}, {3, -0.1}, {4, 0}, {4, 4}}, 0.5),
            (Path{{0, 0}, {4, 0}, {4, 4}}));
}

}  // namespace
}  // namespace skyglot
