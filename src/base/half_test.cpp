// SPDX-License-Identifier: Apache-2.0
#include "base/half.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace skyglot {
namespace {

bool is_number(std::uint32_t bits) {
  return (bits & 0x7C00U) != 0x7C00U || (bits & 0x3FFU) == 0;
}

TEST(Half, ValuesByHand) {
  EXPECT_EQ(from_half(0x3C00), 1.0F);
  EXPECT_EQ(from_half(0xC000), -2.0F);
  EXPECT_EQ(from_half(0x0001), 0x1p-24F);
  EXPECT_EQ(from_half(0x7BFF), 65504.0F);
  EXPECT_EQ(from_half(0x7C00), std::numeric_limits<float>::infinity());
}

TEST(Half, EveryHalfSurvives) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits)
    if (is_number(bits)) {
      EXPECT_EQ(to_half(from_half(static_cast<std::uint16_t>(bits))), bits);
    }
}

TEST(Half, RoundsToTheNearestAndToEven) {
  RandomStream random(4, "half");
  for (int i = 0; i < 20000; ++i) {
    const auto value = static_cast<float>(
        std::ldexp(random.uniform(-1, 1), static_cast<int>(random.integer(-26, 15))));
    const float back = from_half(to_half(value));
    const float up = from_half(static_cast<std::uint16_t>(to_half(value) + 1));
    const float down = from_half(static_cast<std::uint16_t>(to_half(value) - 1));
    EXPECT_LE(std::abs(back - value), std::abs(up - value));
    if ((to_half(value) & 0x7FFFU) != 0) {
      EXPECT_LE(std::abs(back - value), std::abs(down - value));
    }
  }
  EXPECT_EQ(to_half(1.0F + 0x1p-11F), to_half(1.0F));
  EXPECT_EQ(to_half(65519.0F), 0x7BFF);
  EXPECT_EQ(to_half(65520.0F), 0x7C00);
  EXPECT_EQ(to_half(0x1p-25F), 0);
  EXPECT_EQ(to_half(-0x1.8p-25F), 0x8001);
  EXPECT_EQ(to_half(std::numeric_limits<float>::quiet_NaN()) & 0x7C00, 0x7C00);
}

// The processor's instruction takes eight at a time; it must say what the library says one by one.
TEST(Half, ManyAreAsOne) {
  std::vector<float> values;
  for (std::uint32_t bits = 0; bits < 65536; ++bits)
    if (is_number(bits)) {
      const float value = from_half(static_cast<std::uint16_t>(bits));
      values.push_back(value);
      values.push_back(std::nextafter(value, 1e30F));
      values.push_back(value * (1 + 0x1p-11F));
    }
  const std::string bytes = half_bytes(values);
  ASSERT_EQ(bytes.size(), 2 * values.size());
  std::vector<float> back(values.size());
  widen_halves(std::as_bytes(std::span(bytes)), back);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    EXPECT_EQ(half, to_half(values[i])) << values[i];
    EXPECT_EQ(back[i], from_half(half)) << values[i];
  }
}

TEST(Half, AnyNumberOfThemAnywhere) {
  const std::vector<float> values{1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11};
  for (std::size_t count = 0; count <= values.size(); ++count) {
    const std::string bytes = "x" + half_bytes(std::span(values).first(count));  // not aligned
    std::vector<float> back(count);
    widen_halves(std::as_bytes(std::span(bytes)).subspan(1), back);
    EXPECT_EQ(back, std::vector<float>(values.begin(), values.begin() + static_cast<int>(count)));
  }
}

}  // namespace
}  // namespace skyglot
