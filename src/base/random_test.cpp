// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace skyglot {
namespace {

TEST(RandomStream, KeyDecidesTheNumbers) {
  RandomStream a(1, "tile", {42});
  RandomStream b(1, "tile", {42});
  RandomStream c(1, "tile", {43});
  RandomStream d(1, "scene", {42});
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
  EXPECT_NE(first, d.next());
}

TEST(RandomStream, IntegersCoverTheRangeEvenly) {
  RandomStream stream(7, "test");
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; ++i) ++counts.at(static_cast<std::size_t>(stream.integer(-2, 3) + 2));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
}

TEST(RandomStream, NormalHasUnitVariance) {
  RandomStream stream(7, "test");
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = stream.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / 20000, 0, 0.03);
  EXPECT_NEAR(squares / 20000, 1, 0.05);
}

}  // namespace
}  // namespace skyglot
