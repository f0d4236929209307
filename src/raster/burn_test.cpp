// SPDX-License-Identifier: Apache-2.0
#include "raster/burn.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

TEST(Burn, TakesPixelsWhoseCentresAreInside) {
  const std::vector<BurnShape> shapes{{Geometry::rectangle({1, 1, 3, 2}), 5, 0}};
  EXPECT_EQ(burnt(shapes, 4, 3), (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0}));
}

TEST(Burn, LaterShapesLieOnTop) {
  const std::vector<BurnShape> shapes{{Geometry::rectangle({0, 0, 4, 1}), 1, 0},
                                      {Geometry::rectangle({2, 0, 3, 1}), 2, 0}};
  EXPECT_EQ(burnt(shapes, 4, 1), (std::vector<std::uint8_t>{1, 1, 2, 1}));
}

TEST(Burn, LeavesHolesOpen) {
  Geometry ring = Geometry::rectangle({0, 0, 5, 5});
  ring.parts[0].push_back(Geometry::rectangle({1, 1, 4, 4}).parts[0][0]);
  const auto pixels = burnt(std::vector<BurnShape>{{ring, 1, 0}}, 5, 5);
  EXPECT_EQ(std::ranges::count(pixels, std::uint8_t{1}), 16);
  EXPECT_EQ(pixels[12], 0);
}

TEST(Burn, LinesAreAsWideAsTheyAreSaidToBe) {
  const Geometry line = Geometry::line({{-5, 5}, {25, 5}});
  const auto pixels = burnt(std::vector<BurnShape>{{line, 1, 2}}, 20, 10);
  EXPECT_EQ(std::ranges::count(pixels, std::uint8_t{1}), 80);
  EXPECT_EQ(std::ranges::count(burnt(std::vector<BurnShape>{{line, 1, 0}}, 20, 10), 1), 0);
}

TEST(Burn, OutsideIsNothing) {
  const std::vector<BurnShape> shapes{{Geometry::rectangle({10, 10, 20, 20}), 1, 0},
                                      {{GeometryKind::polygon, {}}, 1, 0}};
  EXPECT_EQ(burnt(shapes, 2, 2), (std::vector<std::uint8_t>(4)));
}

}  // namespace
}  // namespace skyglot
