// SPDX-License-Identifier: Apache-2.0
#include "imagery/bands.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

std::vector<BandInfo> named(const std::vector<std::string>& names) {
  std::vector<BandInfo> bands;
  for (const std::string& name : names)
    bands.push_back({.name = name, .colour = "Undefined", .nodata = {}});
  return bands;
}

using Numbers = std::vector<int>;

TEST(ChooseBands, ByColourNameAndPosition) {
  std::vector<BandInfo> bgr = named({"1", "2", "3"});
  bgr[0].colour = "Blue";
  bgr[1].colour = "Green";
  bgr[2].colour = "Red";
  EXPECT_EQ(choose_bands(bgr, {}), (Numbers{3, 2, 1}));
  EXPECT_EQ(choose_bands(named({"B02", "B03", "B04", "B08"}), {}), (Numbers{3, 2, 1}));
  EXPECT_EQ(choose_bands(named({"nir", "RED", "green", "blue"}), {}), (Numbers{2, 3, 4}));
  EXPECT_EQ(choose_bands(named({"a", "b", "c", "d"}), {}), (Numbers{1, 2, 3}));
}

TEST(ChooseBands, FewBandsAreGrey) {
  EXPECT_EQ(choose_bands(named({"a"}), {}), (Numbers{1}));
  EXPECT_EQ(choose_bands(named({"a", "b"}), {}), (Numbers{1}));
  auto with_alpha = named({"a", "b"});
  with_alpha[0].colour = "Alpha";
  EXPECT_EQ(choose_bands(with_alpha, {}), (Numbers{2}));
  EXPECT_EQ(choose_bands({}, {}), Numbers{});
}

TEST(ChooseBands, WantedByNumberOrName) {
  const auto bands = named({"B2", "B3", "B4", "nir"});
  EXPECT_EQ(choose_bands(bands, {"4", "3", "2"}), (Numbers{4, 3, 2}));
  EXPECT_EQ(choose_bands(bands, {"NIR", "b04", "B03"}), (Numbers{4, 3, 2}));
  EXPECT_EQ(choose_bands(bands, {"nir"}), (Numbers{4}));
  EXPECT_EQ(choose_bands(bands, {"5", "3", "2"}), Numbers{});
  EXPECT_EQ(choose_bands(bands, {"swir", "3", "2"}), Numbers{});
}

}  // namespace
}  // namespace skyglot
