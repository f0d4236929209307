// SPDX-License-Identifier: Apache-2.0
#include "simulate/cells.hpp"

#include "base/random.hpp"
#include "simulate/layout.hpp"
#include "simulate/warp.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace skyglot::simulate {
namespace {

Cell square() {
  return {{{0, 0}, 1}, {{10, 0}, 2}, {{10, 10}, 3}, {{0, 10}, 4}};
}

TEST(Cells, SplitKeepsTheAreaAndLabelsTheCut) {
  RandomStream random(1, "cells test");
  for (int i = 0; i < 500; ++i) {
    const Line line{{random.uniform(1, 9), random.uniform(1, 9)},
                    direction_of(random.uniform(0, 6.3))};
    const auto [left, right] = split(square(), line, 9);
    EXPECT_NEAR(area_of(corners_of(left)) + area_of(corners_of(right)), 100, 1e-9);
    for (const Cell& part : {left, right}) {
      int cuts = 0;
      for (std::size_t k = 0; k < part.size(); ++k) {
        if (part[k].street != 9) continue;
        ++cuts;
        EXPECT_NEAR(side_of(line, part[k].at), 0, 1e-9);
        EXPECT_NEAR(side_of(line, part[(k + 1) % part.size()].at), 0, 1e-9);
      }
      EXPECT_EQ(cuts, 1);
    }
  }
}

TEST(Cells, InsetMovesEachEdgeByItsOwnMargin) {
  const Cell inner = inset(square(), [](int street) { return static_cast<double>(street) / 2; });
  Box box;
  for (const Point p : corners_of(inner)) box.add(p);
  EXPECT_EQ(box, (Box{2, 0.5, 9, 8.5}));
  EXPECT_TRUE(inset(square(), [](int) { return 6.0; }).empty());
}

TEST(Cells, OrientedBoxLiesAlongTheLongSide) {
  const Frame frame{{3, 4}, direction_of(0.4)};
  const Path path{frame.at(-2, -7), frame.at(2, -7), frame.at(2, 7), frame.at(-2, 7)};
  const OrientedBox box = oriented_box(path);
  EXPECT_NEAR(box.half_u, 7, 1e-9);
  EXPECT_NEAR(box.half_v, 2, 1e-9);
  EXPECT_NEAR(std::abs(cross(box.frame.axis, frame.axis)), 1, 1e-9);
}

TEST(Warp, BendsGently) {
  const Warp warp(3, 2500, {});
  RandomStream random(2, "warp test");
  for (int i = 0; i < 2000; ++i) {
    const Point p{random.uniform(-4000, 4000), random.uniform(-4000, 4000)};
    const Point d = direction_of(random.uniform(0, 6.3));
    const double stretch = distance(warp(p), warp({p.x + d.x, p.y + d.y}));
    EXPECT_GT(stretch, 0.5);
    EXPECT_LT(stretch, 1.5);
  }
}

TEST(Warp, LeavesARunwayStraight) {
  const OrientedBox box{{{100, 50}, {1, 0}}, 400, 60};
  const Warp warp(3, 2500, {box});
  const Point a = warp(box.frame.at(-400, 0));
  const Point m = warp(box.frame.at(37, 0));
  const Point b = warp(box.frame.at(400, 0));
  EXPECT_NEAR(distance(a, m) + distance(m, b), 800, 1e-6);
}

TEST(Layout, BlocksAreSoundForManySeedsAndSizes) {
  for (const double size : {500.0, 1000.0, 2500.0})
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const Layout layout = lay_out(seed, size);
      EXPECT_GT(layout.blocks.size(), 20U);
      double sum = 0;
      for (const Block& block : layout.blocks) {
        sum += area_of(block.bounds);
        EXPECT_LT(area_of(block.plot), area_of(block.bounds) + 1e-6);
        EXPECT_TRUE(inside_convex(block.bounds, centroid_of(block.plot)));
      }
      EXPECT_LE(sum, layout.world_m * layout.world_m * 1.0001);
      EXPECT_GT(sum, layout.world_m * layout.world_m * 0.97);
    }
}

}  // namespace
}  // namespace skyglot::simulate
