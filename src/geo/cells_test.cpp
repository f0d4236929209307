// SPDX-License-Identifier: Apache-2.0
#include "geo/cells.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Cells, HoldTheirPlaceWhateverItsTurn) {
  const Cell cell = cell_at({10.025, 50.015}, 0.01);
  EXPECT_EQ(cell, (Cell{19002, 14001}));
  EXPECT_EQ(cell_at({370.025, 50.015}, 0.01), cell);
  EXPECT_EQ(cell_at({-349.975, 50.015}, 0.01), cell);
  EXPECT_TRUE(contains(cell_box_lonlat(cell, 0.01), Point{10.025, 50.015}));
}

TEST(Cells, HoldThePlacesOnTheirBorders) {
  for (int hundredth = -17995; hundredth < 17995; hundredth += 10) {
    const Point place{hundredth / 100.0, 50.05};
    EXPECT_TRUE(contains(cell_box_lonlat(cell_at(place, 0.01), 0.01), place)) << place.x;
  }
}

TEST(Cells, ShareTheirBordersToTheLastBit) {
  for (const double cell_deg : {0.01, 1.0 / 3, 0.07})
    for (std::int32_t i = 0; i < 300; ++i) {
      const Box cell = cell_box_lonlat({i, i}, cell_deg);
      const Box next = cell_box_lonlat({i + 1, i + 1}, cell_deg);
      EXPECT_EQ(cell.max_x, next.min_x);
      EXPECT_EQ(cell.max_y, next.min_y);
    }
}

TEST(Cells, GoAroundTheEarth) {
  EXPECT_EQ(columns_around(0.01), 36000);
  EXPECT_EQ(rows_up(0.01), 18000);
  EXPECT_EQ(columns_around(7), 52);
  EXPECT_EQ(cell_at({180, 0}, 0.01).column, 0);
  EXPECT_EQ(cell_at({-180, -90}, 0.01), (Cell{0, 0}));
}

}  // namespace
}  // namespace skyglot
