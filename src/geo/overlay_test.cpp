// SPDX-License-Identifier: Apache-2.0
#include "geo/overlay.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

const Box kUnit{0, 0, 1, 1};

Geometry ring_with_hole() {
  Geometry shape = Geometry::rectangle({0, 0, 10, 10});
  shape.parts[0].push_back(Geometry::rectangle({4, 4, 6, 6}).parts[0][0]);
  return shape;
}

TEST(Overlay, PolygonContainsRespectsHoles) {
  EXPECT_TRUE(polygon_contains(ring_with_hole(), Point{1, 1}));
  EXPECT_FALSE(polygon_contains(ring_with_hole(), Point{5, 5}));
  EXPECT_TRUE(polygon_contains(ring_with_hole(), Box{1, 1, 3, 3}));
  EXPECT_TRUE(polygon_contains(ring_with_hole(), Box{0, 0, 3, 3}));
  EXPECT_FALSE(polygon_contains(ring_with_hole(), Box{3, 3, 7, 7}));
  EXPECT_FALSE(polygon_contains(ring_with_hole(), Box{-1, 1, 3, 3}));
}

TEST(Overlay, BoxInsideAHoleDoesNotOverlap) {
  EXPECT_FALSE(overlaps(ring_with_hole(), Box{4.5, 4.5, 5.5, 5.5}));
  EXPECT_TRUE(overlaps(ring_with_hole(), Box{3.5, 4.5, 5.5, 5.5}));
  EXPECT_TRUE(overlaps(ring_with_hole(), Box{1, 1, 2, 2}));
}

TEST(Overlay, LineThroughWithoutVertexInside) {
  EXPECT_TRUE(overlaps(Geometry::line({{-1, -1}, {2, 2}}), kUnit));
  EXPECT_FALSE(overlaps(Geometry::line({{-1, 1}, {1, 3}}), kUnit));
  EXPECT_TRUE(overlaps(Geometry::line({{0.5, -5}, {0.5, 5}}), kUnit));
  EXPECT_FALSE(overlaps(Geometry::line({{2, -5}, {2, 5}}), kUnit));
  EXPECT_NEAR(length_within(Geometry::line({{-1, -1}, {2, 2}}), kUnit), std::numbers::sqrt2, 1e-12);
}

TEST(Overlay, AreaWithinIsExactOnRectanglesAndHoles) {
  EXPECT_NEAR(area_within(ring_with_hole(), Box{-5, -5, 15, 15}), 96, 1e-9);
  EXPECT_NEAR(area_within(ring_with_hole(), Box{5, 5, 15, 15}), 24, 1e-9);
  EXPECT_EQ(area_within(ring_with_hole(), Box{20, 20, 30, 30}), 0);
}

TEST(Overlay, AreaAgreesWithCountingPoints) {
  Path ring;
  for (int i = 0; i <= 40; ++i) {
    const double angle = 2 * std::numbers::pi * (i % 40) / 40;
    const double radius = i % 2 == 0 ? 1.0 : 0.6;
    ring.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  const Geometry star = Geometry::polygon(ring);
  RandomStream random(3, "overlay");
  const Box box{-0.2, -0.5, 0.9, 0.7};
  int inside = 0;
  for (int i = 0; i < 20000; ++i) {
    const Point p{random.uniform(box.min_x, box.max_x), random.uniform(box.min_y, box.max_y)};
    inside += polygon_contains(star, p) ? 1 : 0;
  }
  const double counted = inside / 20000.0 * box.width() * box.height();
  EXPECT_NEAR(area_within(star, box), counted, 0.02);
}

}  // namespace
}  // namespace skyglot
