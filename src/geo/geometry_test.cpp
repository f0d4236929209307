// SPDX-License-Identifier: Apache-2.0
#include "geo/geometry.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Box, GrowsFromEmpty) {
  Box box;
  EXPECT_TRUE(box.empty());
  box.add(Point{1, 2});
  EXPECT_FALSE(box.empty());
  EXPECT_EQ(box.width(), 0);
  box.add(Box{});
  EXPECT_EQ(box, (Box{1, 2, 1, 2}));
}

TEST(Box, ContainsAndIntersectsCountEdges) {
  const Box box{0, 0, 2, 2};
  EXPECT_TRUE(contains(box, Point{2, 0}));
  EXPECT_TRUE(contains(box, box));
  EXPECT_FALSE(contains(box, Box{}));
  EXPECT_TRUE(intersects(box, Box{2, 2, 3, 3}));
  EXPECT_FALSE(intersects(box, Box{2.1, 0, 3, 3}));
}

TEST(Geometry, UnwrappedLongitudeStaysNearTheReference) {
  EXPECT_DOUBLE_EQ(unwrapped_longitude(-179.9, 179.9), 180.1);
  EXPECT_DOUBLE_EQ(unwrapped_longitude(179.9, -179.9), -180.1);
  EXPECT_DOUBLE_EQ(unwrapped_longitude(10, 20), 10);
}

}  // namespace
}  // namespace skyglot
