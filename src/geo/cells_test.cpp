// SPDX-License-Identifier: Apache-2.0
#include "geo/cells.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

std::vector<Geometry> one_scene(const Box& box) {
  return {Geometry::rectangle(box)};
}

TEST(Cells, CoverTheFootprintAndNothingElse) {
  const auto cells = cells_meeting(one_scene({10.001, 50.001, 10.029, 50.019}), 0.01);
  EXPECT_EQ(cells.size(), 6U);
  EXPECT_TRUE(std::ranges::binary_search(cells, cell_at({10.025, 50.015}, 0.01)));
  EXPECT_FALSE(std::ranges::binary_search(cells, cell_at({10.035, 50.015}, 0.01)));
}

TEST(Cells, WrapOverTheAntimeridian) {
  const auto cells = cells_meeting(one_scene({179.995, 0.001, 180.005, 0.009}), 0.01);
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0], cell_at({-179.999, 0.005}, 0.01));
  EXPECT_EQ(cells[1], cell_at({179.999, 0.005}, 0.01));
  for (const Cell cell : cells) EXPECT_LE(std::abs(cell_box_lonlat(cell, 0.01).centre().x), 180);
}

TEST(Cells, DrawDependsOnSeedOnly) {
  const auto all = cells_meeting(one_scene({10.001, 50.001, 10.199, 50.199}), 0.01);
  auto reversed = all;
  std::ranges::reverse(reversed);
  const auto drawn = draw_cells(all, 30, 1);
  EXPECT_EQ(drawn.size(), 30U);
  EXPECT_EQ(drawn, draw_cells(reversed, 30, 1));
  EXPECT_NE(drawn, draw_cells(all, 30, 2));
  EXPECT_EQ(draw_cells(all, 0, 1), all);
  EXPECT_EQ(draw_cells(all, 100000, 1), all);
}

}  // namespace
}  // namespace skyglot
