// SPDX-License-Identifier: Apache-2.0
#include "geo/box_index.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(BoxIndex, FindsExactlyWhatALoopFinds) {
  RandomStream random(1, "boxes");
  std::vector<Box> boxes;
  for (int i = 0; i < 500; ++i) {
    const double x = random.uniform(-180, 180);
    const double y = random.uniform(-80, 80);
    boxes.push_back({x, y, x + random.uniform(0, i % 50 == 0 ? 60 : 2), y + random.uniform(0, 2)});
  }
  const BoxIndex index(boxes);
  for (int i = 0; i < 500; ++i) {
    const double x = random.uniform(-170, 170);
    const double y = random.uniform(-80, 80);
    const Box query{x, y, x + 5, y + 5};
    std::vector<std::size_t> expected;
    for (std::size_t k = 0; k < boxes.size(); ++k)
      if (intersects(boxes[k], query) || intersects(shifted(boxes[k], -360, 0), query))
        expected.push_back(k);
    EXPECT_EQ(index.meeting(query), expected);
  }
}

TEST(BoxIndex, KnowsTheOtherSideOfTheAntimeridian) {
  const BoxIndex index({Box{179.5, 0, 180.5, 1}});
  EXPECT_EQ(index.meeting({-179.9, 0, -179.8, 1}).size(), 1U);
  EXPECT_EQ(index.meeting({179.9, 0, 179.95, 1}).size(), 1U);
  EXPECT_TRUE(index.meeting({-179.4, 0, -179.3, 1}).empty());
  EXPECT_TRUE(index.meeting(Box{}).empty());
}

}  // namespace
}  // namespace skyglot
