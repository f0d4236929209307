// SPDX-License-Identifier: Apache-2.0
#include "dataset/neighbours.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

const PixelWindow kTile{100, 100, 200, 100};

TEST(Neighbours, AmountShownIsMeasuredInsideTheTile) {
  EXPECT_EQ(shown_amount(Geometry::point({150, 150}), kTile), 1);
  EXPECT_EQ(shown_amount(Geometry::point({50, 150}), kTile), 0);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::line({{0, 150}, {1000, 150}}), kTile), 200);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::rectangle({0, 0, 150, 150}), kTile), 2500);
  EXPECT_DOUBLE_EQ(shown_amount(Geometry::rectangle({0, 0, 1000, 1000}), kTile), 20000);
  EXPECT_EQ(shown_amount(Geometry::rectangle({400, 400, 500, 500}), kTile), 0);
}

}  // namespace
}  // namespace skyglot
