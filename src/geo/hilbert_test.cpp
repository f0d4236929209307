// SPDX-License-Identifier: Apache-2.0
#include "geo/hilbert.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace skyglot {
namespace {

// Following the curve over a 64 x 64 corner, every step goes to a neighbour.
TEST(Hilbert, NextCellIsANeighbour) {
  std::map<std::uint64_t, std::pair<int, int>> cells;
  for (int x = 0; x < 64; ++x)
    for (int y = 0; y < 64; ++y)
      cells[hilbert_code(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y))] = {x, y};
  ASSERT_EQ(cells.size(), 64U * 64U);
  EXPECT_EQ(cells.rbegin()->first - cells.begin()->first, 64U * 64U - 1);
  for (auto cell = cells.begin(); std::next(cell) != cells.end(); ++cell) {
    const auto [x, y] = cell->second;
    const auto [next_x, next_y] = std::next(cell)->second;
    EXPECT_EQ(std::abs(x - next_x) + std::abs(y - next_y), 1);
  }
}

TEST(Hilbert, EdgesOfTheWorldAreCells) {
  EXPECT_EQ(hilbert_code_lonlat(-200, -100), hilbert_code(0, 0));
  EXPECT_EQ(hilbert_code_lonlat(180, 90), hilbert_code(0xFFFFFFFF, 0xFFFFFFFF));
  EXPECT_NE(hilbert_code_lonlat(7.42, 43.73), hilbert_code_lonlat(7.43, 43.73));
}

}  // namespace
}  // namespace skyglot
