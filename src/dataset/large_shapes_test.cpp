// SPDX-License-Identifier: Apache-2.0
#include "dataset/large_shapes.hpp"

#include "base/random.hpp"
#include "geo/overlay.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

// A ragged shore of 20,000 corners around 10, 50, half a degree wide.
Geometry shore(double middle_x) {
  constexpr int kCorners = 20'000;
  Path ring;
  for (int i = 0; i <= kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * (i % kCorners) / kCorners;
    const double r = 0.25 * (1 + 0.2 * std::sin(31 * angle) + 0.03 * std::sin(977 * angle));
    ring.push_back({middle_x + r * std::cos(angle), 50 + r * std::sin(angle)});
  }
  return Geometry::polygon(ring);
}

// In a row, as a build cuts them.
Box random_tile(RandomStream& random) {
  const double x = random.uniform(9.7, 10.3);
  const double y = random.uniform(50.2, 50.21);
  return {x, y, x + random.uniform(0.0005, 0.003), y + random.uniform(0.0005, 0.003)};
}

TEST(LargeShapes, TwoCutsShowWhatOneShows) {
  const Geometry shape = shore(10);
  const Box box = bounding_box(shape);
  LargeShapes large;
  RandomStream random(1, "tiles");
  int partly = 0;
  for (int i = 0; i < 2000; ++i) {
    const Box tile = random_tile(random);
    const double whole = area_within(shape, tile);
    EXPECT_NEAR(area_within(large.within(7, shape, box, tile), tile), whole, 1e-11);
    partly += whole > 0 && whole < tile.width() * tile.height() * 0.999 ? 1 : 0;
  }
  EXPECT_GT(partly, 10);
  EXPECT_LT(large.corners_cut(), 700U * 20'000) << "tiles share squares";
}

TEST(LargeShapes, HistoryDoesNotMatter) {
  const Geometry shape = shore(10);
  const Box box = bounding_box(shape);
  LargeShapes used;
  RandomStream random(2, "tiles");
  for (int i = 0; i < 300; ++i) {
    const Box tile = random_tile(random);
    LargeShapes fresh;
    EXPECT_EQ(used.within(7, shape, box, tile).parts, fresh.within(7, shape, box, tile).parts);
  }
}

TEST(LargeShapes, ATurnAwayIsFound) {
  const Geometry shape = shore(-179.9);
  LargeShapes large;
  const Box tile{180.0, 49.9, 180.2, 50.1};
  const Geometry part = large.within(7, shape, bounding_box(shape), tile);
  EXPECT_NEAR(area_within(part, shifted(tile, -360, 0)), 0.04, 1e-9);
  EXPECT_TRUE(large.within(7, shape, bounding_box(shape), {10, 50, 10.1, 50.1}).parts.empty());
}

}  // namespace
}  // namespace skyglot
