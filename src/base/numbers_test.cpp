// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace skyglot {
namespace {

TEST(Numbers, ParsesWholeTextOnly) {
  EXPECT_EQ(parse_double(" 0.25 "), 0.25);
  EXPECT_EQ(parse_double("+1e3"), 1000.0);
  EXPECT_FALSE(parse_double("0,25"));
  EXPECT_FALSE(parse_double("1m"));
  EXPECT_EQ(parse_int("-7"), -7);
  EXPECT_FALSE(parse_int("7.5"));
  EXPECT_FALSE(parse_int("99999999999999999999"));
}

TEST(Numbers, ParsesByteSizes) {
  EXPECT_EQ(parse_bytes("4096"), 4096U);
  EXPECT_EQ(parse_bytes("512M"), 512U << 20);
  EXPECT_EQ(parse_bytes("1.5 GiB"), 1610612736U);
  EXPECT_FALSE(parse_bytes("12 parsecs"));
  EXPECT_FALSE(parse_bytes(""));
}

TEST(Numbers, PrintsTheSameEverywhere) {
  EXPECT_EQ(format_double(0.1), "0.1");
  EXPECT_EQ(format_fixed(10.0, 3), "10");
  EXPECT_EQ(format_fixed(0.305, 2), "0.3");
  EXPECT_EQ(format_fixed(-0.0001, 2), "0");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(12), "12");
  EXPECT_EQ(format_count(-1234567), "-1,234,567");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
}

TEST(Numbers, ProductOfUntrustedSizesIsChecked) {
  EXPECT_EQ(checked_product(3, 4, "raster"), 12U);
  EXPECT_THROW((void)checked_product(std::numeric_limits<std::size_t>::max(), 2, "raster"), Error);
}

}  // namespace
}  // namespace skyglot
