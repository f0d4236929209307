// SPDX-License-Identifier: Apache-2.0
#include "captions/colours.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using Rgb = std::array<int, 3>;

TEST(Colours, ReadsBothLengths) {
  EXPECT_EQ(parse_colour("#8b0012"), (Rgb{139, 0, 18}));
  EXPECT_EQ(parse_colour("#FfF"), (Rgb{255, 255, 255}));
  for (const char* text : {"", "#", "#12", "#12345", "8b0000", "#8b000g", "#-1-1-1", "#é"})
    EXPECT_FALSE(parse_colour(text).has_value()) << text;
}

TEST(Colours, FindsTheNearestName) {
  const std::map<std::string, std::string> colours{
      {"black", "#000000"}, {"coal", "#000000"}, {"red", "#ff0000"}};
  EXPECT_EQ(nearest_colour("#a01010", colours), "red");
  EXPECT_EQ(nearest_colour("#111", colours), "black");
  EXPECT_EQ(nearest_colour("red", colours), "");
  EXPECT_EQ(nearest_colour("#111", {}), "");
}

}  // namespace
}  // namespace skyglot
