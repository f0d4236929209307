// SPDX-License-Identifier: Apache-2.0
#include "search/contact_sheet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace skyglot {
namespace {

Picture plain(int width, int height, std::uint8_t value) {
  Picture picture{width, height, 3, {}};
  picture.pixels.assign(std::size_t{3} * static_cast<std::size_t>(width * height), value);
  return picture;
}

TEST(ContactSheet, PutsPicturesIntoRowsAndKeepsTheirShape) {
  const SheetLayout layout{.side = 60, .columns = 2, .gap = 4};
  const std::vector<Picture> pictures{plain(10, 10, 100), plain(20, 10, 50), plain(500, 500, 70)};
  const Picture sheet = contact_sheet(pictures, layout);
  EXPECT_EQ(sheet.width, 2 * 64 + 4);
  EXPECT_EQ(sheet.height, 2 * 64 + 4);
  const auto at = [&](int x, int y) { return sheet.row(y)[3 * x]; };
  EXPECT_EQ(at(34, 34), 100);
  EXPECT_EQ(at(64 + 34, 34), 50);
  EXPECT_EQ(at(64 + 34, 60), 250);  // paper below a wide one
  EXPECT_EQ(at(34, 64 + 34), 70);
  EXPECT_EQ(at(100, 100), 250);
  EXPECT_EQ(at(4, 4), 0);  // the number's ground
}

TEST(ContactSheet, OfNothingIsPaper) {
  const Picture sheet = contact_sheet({}, {.side = 8, .columns = 5, .gap = 1});
  EXPECT_EQ(sheet.width, 10);
  EXPECT_EQ(std::ranges::count(sheet.pixels, 250), 300);
}

TEST(ContactSheet, NumbersOfManyDigitsStayInside) {
  const std::vector<Picture> pictures(101, plain(1, 1, 9));
  const Picture sheet = contact_sheet(pictures, {.side = 12, .columns = 5, .gap = 2});
  EXPECT_EQ(sheet.height, 21 * 14 + 2);
}

}  // namespace
}  // namespace skyglot
