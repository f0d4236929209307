// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_assets.hpp"

#include "base/json.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

ReadJson data_asset(const std::string& href) {
  return {{"href", href}, {"type", "image/tiff; application=geotiff"}, {"roles", {"data"}}};
}

ReadJson item_of(const std::vector<std::string>& keys) {
  ReadJson item{{"assets", ReadJson::object()}};
  for (const std::string& key : keys) item["assets"][key] = data_asset("./" + key + ".tif");
  return item;
}

std::string chosen(const ReadJson& item, const StacWish& wish = {}) {
  const StacChoice choice = choose_assets(item, wish);
  return to_string(choice) + (choice.guessed ? "?" : "");
}

TEST(StacAssets, RedGreenAndBlueAreJoined) {
  const ReadJson item = item_of({"aot", "blue", "green", "red", "scl"});
  EXPECT_EQ(chosen(item), "assets red, green, blue");
  EXPECT_EQ(choose_assets(item, {}).assets.at(2).band, "blue");
  EXPECT_EQ(chosen(item_of({"B02", "B03", "B04", "SCL"})), "assets B04, B03, B02");
}

TEST(StacAssets, BandsAreKnownByTheirCommonNames) {
  ReadJson item = item_of({"SR_B2", "SR_B3", "SR_B4", "B2", "B3", "B4"});
  for (const auto& [key, name] :
       {std::pair{"SR_B2", "blue"}, std::pair{"SR_B3", "green"}, std::pair{"SR_B4", "red"}})
    item["assets"][key]["eo:bands"] = ReadJson::array({{{"name", key}, {"common_name", name}}});
  EXPECT_EQ(chosen(item), "assets SR_B4, SR_B3, SR_B2");
  ReadJson newer = item_of({"x", "y", "z"});
  for (const auto& [key, name] :
       {std::pair{"x", "blue"}, std::pair{"y", "red"}, std::pair{"z", "green"}})
    newer["assets"][key]["bands"] = ReadJson::array({{{"name", "n"}, {"eo:common_name", name}}});
  EXPECT_EQ(chosen(newer), "assets y, z, x");
}

TEST(StacAssets, OneWithAllBandsIsTakenAlone) {
  ReadJson item = item_of({"blue", "green", "image", "red", "visual"});
  EXPECT_EQ(chosen(item), "asset visual");
  item["assets"].erase("visual");
  for (const char* name : {"red", "green", "blue", "nir"})
    item["assets"]["image"]["eo:bands"].push_back({{"name", "n"}, {"common_name", name}});
  EXPECT_EQ(chosen(item), "asset image");
}

TEST(StacAssets, WhatIsAskedForIsTaken) {
  const ReadJson item = item_of({"blue", "green", "nir", "red", "visual"});
  EXPECT_EQ(chosen(item, {.keys = "nir"}), "asset nir");
  EXPECT_EQ(chosen(item, {.keys = "nir,red, green"}), "assets nir, red, green");
  EXPECT_EQ(chosen(item, {.keys = "nir,swir"}), "no asset");
  EXPECT_EQ(chosen(item, {.bands = {"NIR", "red", "green"}}), "assets nir, red, green");
  EXPECT_EQ(chosen(item, {.bands = {"3", "2", "1"}}), "asset visual");
}

TEST(StacAssets, AGuessIsSaid) {
  EXPECT_EQ(chosen(item_of({"aot", "scl"})), "asset aot?");
  EXPECT_EQ(chosen(item_of({"aot"})), "asset aot");
  ReadJson item = item_of({"overview", "z"});
  item["assets"]["overview"]["roles"] = {"overview"};
  item["assets"]["z"].erase("roles");
  EXPECT_EQ(chosen(item), "asset z?");
  EXPECT_EQ(chosen(item_of({})), "no asset");
}

}  // namespace
}  // namespace skyglot
