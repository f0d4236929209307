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

TEST(Overlay, ClippedShapesHaveTheSamePartInsideTheBox) {
  RandomStream random(5, "clipped");
  const Box box{-1, -2, 3, 2};
  for (int round = 0; round < 200; ++round) {
    Path path;
    for (int i = 0; i < 30; ++i) {
      const double angle = 2 * std::numbers::pi * i / 30;
      const double radius = random.uniform(0.5, 6);
      path.push_back({radius * std::cos(angle), radius * std::sin(angle)});
    }
    path.push_back(path.front());
    const Geometry polygon = Geometry::polygon(path);
    const Geometry part = clipped(polygon, box);
    ASSERT_TRUE(contains(grown(box, 1e-9), bounding_box(part)));
    ASSERT_NEAR(area_within(part, box), area_within(polygon, box), 1e-9);
    const Geometry line = Geometry::line(path);
    const Geometry pieces = clipped(line, box);
    ASSERT_TRUE(contains(grown(box, 1e-9), bounding_box(pieces)));
    ASSERT_NEAR(length_within(pieces, box), length_within(line, box), 1e-9);
  }
}

TEST(Overlay, ClippingKeepsHolesAndDropsWhatIsOutside) {
  const Geometry frame{GeometryKind::polygon,
                       {{Geometry::rectangle({0, 0, 10, 10}).parts[0][0],
                         Geometry::rectangle({2, 2, 8, 8}).parts[0][0]},
                        {Geometry::rectangle({20, 20, 30, 30}).parts[0][0]}}};
  const Geometry part = clipped(frame, {1, 1, 5, 5});
  ASSERT_EQ(part.parts.size(), 1U);
  EXPECT_EQ(part.parts[0].size(), 2U);
  EXPECT_DOUBLE_EQ(area_within(part, {0, 0, 10, 10}), 16 - 9);
  EXPECT_TRUE(clipped(frame, {11, 11, 12, 12}).parts.empty());
  EXPECT_TRUE(clipped(Geometry::point({3, 3}), {4, 4, 5, 5}).parts.empty());
  EXPECT_EQ(clipped(Geometry::point({4, 5}), {4, 4, 5, 5}), Geometry::point({4, 5}));
  const Geometry line = Geometry::line({{0, 0}, {4, 0}, {8, 0}, {8, 20}, {2, 20}, {2, -1}});
  Geometry pieces = Geometry::line({{1, 0}, {4, 0}, {8, 0}, {8, 1}});
  pieces.parts.push_back({Path{{2, 1}, {2, -1}}});
  EXPECT_EQ(clipped(line, {1, -1, 9, 1}), pieces);
}

TEST(MeetOnGlobe, TakesBoxesATurnAway) {
  const Box fiji{176, -20, 183, -15};
  EXPECT_TRUE(meet_on_globe(fiji, {-179, -17, -178, -16}));
  EXPECT_TRUE(meet_on_globe({-179, -17, -178, -16}, fiji));
  EXPECT_TRUE(meet_on_globe(fiji, {177, -17, 178, -16}));
  EXPECT_FALSE(meet_on_globe(fiji, {-176, -17, -170, -16}));
  EXPECT_FALSE(meet_on_globe(fiji, {-179, 16, -178, 17}));
  EXPECT_FALSE(meet_on_globe(fiji, Box{}));
}

}  // namespace
}  // namespace skyglot
