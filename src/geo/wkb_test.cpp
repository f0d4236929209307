// SPDX-License-Identifier: Apache-2.0
#include "geo/wkb.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

Geometry two_polygons() {
  Geometry shape = Geometry::rectangle({0, 0, 10, 10});
  shape.parts[0].push_back(Geometry::rectangle({4, 4, 6, 6}).parts[0][0]);
  shape.parts.push_back(Geometry::rectangle({20, 20, 30, 30}).parts[0]);
  return shape;
}

TEST(Wkb, ReadsBackWhatItWrote) {
  for (const Geometry& shape :
       {Geometry::point({1.5, -2}), Geometry::line({{0, 0}, {1, 1}}), two_polygons()})
    EXPECT_EQ(from_wkb(to_wkb(shape)), shape);
}

TEST(Wkb, ReadsBigEndianAndDropsHeights) {
  using namespace std::string_literals;
  const std::string big = "\x00\x00\x00\x00\x01\x3F\xF0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0"s;
  EXPECT_EQ(from_wkb(big), Geometry::point({1, 2}));
  std::string high = to_wkb(Geometry::point({1, 2}));
  high[2] = '\x03';  // 1001 = Point Z
  high[1] = '\xE9';
  EXPECT_EQ(from_wkb(high + std::string(8, '\0')), Geometry::point({1, 2}));
}

TEST(Wkb, DamagedBytesAreRefusedNotCrashedOn) {
  const std::string good = to_wkb(two_polygons());
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW((void)from_wkb(std::string_view(good).substr(0, length)), Error);
  RandomStream random(1, "wkb");
  for (int i = 0; i < 2000; ++i) {
    std::string bad = good;
    bad[random.index(bad.size())] = static_cast<char>(random.integer(0, 255));
    try {
      (void)from_wkb(bad);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace skyglot
