// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_item.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// An item that says everything, so that nothing has to be opened.
ReadJson complete_item() {
  return ReadJson::parse(R"({
    "type": "Feature", "stac_version": "1.0.0", "id": "scene-1", "collection": "ortho",
    "bbox": [13.0, 52.0, 13.1, 52.1],
    "geometry": {"type": "Polygon",
      "coordinates": [[[13.0, 52.0], [13.1, 52.0], [13.1, 52.1], [13.0, 52.1], [13.0, 52.0]]]},
    "properties": {"datetime": "2021-06-01T10:11:12Z", "license": "CC-BY-4.0",
                   "proj:epsg": 32633, "gsd": 10},
    "assets": {
      "thumbnail": {"href": "t.png", "type": "image/png", "roles": ["thumbnail"]},
      "visual": {"href": "../cog/visual.tif", "roles": ["visual"],
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "proj:shape": [1200, 1000], "proj:transform": [10, 0, 362000, 0, -10, 5774500, 0, 0, 1],
        "raster:bands": [{"data_type": "uint8", "nodata": 0}, {"data_type": "uint8", "nodata": 0},
                         {"data_type": "uint8", "nodata": "nan"}],
        "eo:bands": [{"name": "B02", "common_name": "blue"},
                     {"name": "B03", "common_name": "green"},
                     {"name": "B04", "common_name": "red"}]}}})");
}

std::variant<Scene, Skipped> described(const ReadJson& item) {
  set_log_level(LogLevel::quiet);
  auto outcome =
      scene_from_item(item, {"http://127.0.0.1:9/items/1.json", "", HttpPatience{.tries = 1}}, {});
  set_log_level(LogLevel::info);
  return outcome;
}

TEST(StacItem, CompleteItemNeedsNoLookAtItsAsset) {
  const auto outcome = described(complete_item());
  ASSERT_TRUE(std::holds_alternative<Scene>(outcome));
  const Scene& scene = std::get<Scene>(outcome);
  EXPECT_EQ(scene.gdal_name(), "/vsicurl/http://127.0.0.1:9/cog/visual.tif");
  EXPECT_EQ(scene.name, "scene-1");
  EXPECT_EQ(scene.date, "2021-06-01");
  EXPECT_EQ(scene.licence, "CC-BY-4.0");
  EXPECT_EQ(scene.width, 1000);
  EXPECT_EQ(scene.height, 1200);
  EXPECT_EQ(scene.map_from_pixel, (GeoTransform{362000, 10, 0, 5774500, 0, -10}));
  EXPECT_NEAR(scene.gsd_m, 10, 0.02);
  EXPECT_EQ(scene.bands.at(2).colour, "red");
  EXPECT_EQ(scene.bands.at(1).nodata, 0.0);
  EXPECT_EQ(bounding_box(scene.footprint_lonlat), (Box{13.0, 52.0, 13.1, 52.1}));
}

TEST(StacItem, AntimeridianPartsMeetAgain) {
  ReadJson item = complete_item();
  item["geometry"] = ReadJson::parse(R"({"type": "MultiPolygon", "coordinates": [
    [[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]],
    [[[-180, -17], [-179, -17], [-179, -16], [-180, -16], [-180, -17]]]]})");
  item["properties"]["proj:epsg"] = 4326;
  item["assets"]["visual"]["proj:shape"] = {500, 1000};
  item["assets"]["visual"]["proj:transform"] = {0.002, 0, 179, 0, -0.002, -16};
  const auto outcome = described(item);
  EXPECT_EQ(bounding_box(std::get<Scene>(outcome).footprint_lonlat), (Box{179, -17, 181, -16}));
}

std::string reason_of(const ReadJson& item) {
  try {
    const auto outcome = described(item);
    const auto* skipped = std::get_if<Skipped>(&outcome);
    return skipped == nullptr ? "a scene" : skipped->reason;
  } catch (const Error& error) {
    set_log_level(LogLevel::info);
    return error.kind() == ErrorKind::io ? "nobody answers" : error.what();
  }
}

// An item whose word cannot be taken is opened, and here nobody answers.
TEST(StacItem, WhatContradictsItselfIsOpened) {
  const auto opened = [](const ReadJson& item) { return reason_of(item) == "nobody answers"; };
  EXPECT_FALSE(opened(complete_item()));
  ReadJson item = complete_item();
  ReadJson& asset = item["assets"]["visual"];
  const ReadJson sound = asset["proj:transform"];
  asset["proj:transform"] = {362000, 10, 0, 5774500, 0, -10};  // GDAL's order
  EXPECT_TRUE(opened(item));
  asset["proj:transform"] = {1, 0, 362000, 0, -1, 5774500};  // ten times too small
  EXPECT_TRUE(opened(item));
  asset["proj:transform"] = {10, 0, 382000, 0, -10, 5774500};  // elsewhere
  EXPECT_TRUE(opened(item));
  asset["proj:transform"] = sound;
  asset["proj:shape"] = {120, 1000};
  EXPECT_TRUE(opened(item));
  asset["proj:shape"] = {1200, 1000};
  item["properties"]["proj:code"] = "EPSG:None";
  EXPECT_TRUE(opened(item));
}

TEST(StacItem, WhatCannotBeUsedHasAReason) {
  ReadJson item = complete_item();
  item["assets"].erase("visual");
  EXPECT_EQ(reason_of(item), "no_asset");
  item = complete_item();
  item["assets"]["visual"]["href"] = "ftp://example.org/a.tif";
  EXPECT_EQ(reason_of(item), "unsupported_href");
  item["assets"]["visual"]["href"] = "file:///etc/passwd";
  EXPECT_EQ(reason_of(item), "unsupported_href");
  item = complete_item();
  item.erase("properties");
  EXPECT_EQ(reason_of(item), "damaged_item");
  item = complete_item();
  item["assets"]["visual"]["proj:shape"] = {"wide", "high"};
  EXPECT_EQ(reason_of(item), "damaged_item");
  item = complete_item();
  item["assets"]["visual"].erase("raster:bands");  // must be opened
  EXPECT_EQ(reason_of(item), "nobody answers");
  EXPECT_EQ(reason_of(ReadJson(42)), "damaged_item");
  item = complete_item();
  item["assets"]["visual"].erase("href");
  EXPECT_EQ(reason_of(item), "unsupported_href");
}

TEST(StacItem, FootprintsOffTheEarthAreDamage) {
  for (const char* coordinates :
       {"[[[13, 52], [13.1, 520], [13.1, 52.1], [13, 52]]]",
        "[[[13, 52], [1e300, 52], [13.1, 52.1], [13, 52]]]",
        "[[[13, 52]], [[13, 52], [13.1, 52], [13.1, 52.1], [13, 52]]]", "[[]]", "[[[]]]", "7"}) {
    ReadJson item = complete_item();
    item["geometry"]["coordinates"] = ReadJson::parse(coordinates);
    EXPECT_EQ(reason_of(item), "damaged_item") << coordinates;
  }
  ReadJson item = complete_item();
  item["geometry"]["coordinates"][0].erase(4);  // not closed: mended
  const auto outcome = described(item);
  ASSERT_TRUE(std::holds_alternative<Scene>(outcome));
  const Path& ring = std::get<Scene>(outcome).footprint_lonlat.parts.at(0).at(0);
  EXPECT_EQ(ring.size(), 5U);
  EXPECT_EQ(ring.front(), ring.back());
}

// Whatever stands where in an item: a scene, a reason, never anything else.
TEST(StacItem, WrongTypesAnywhereAreCounted) {
  const ReadJson good = complete_item();
  const std::vector<ReadJson> wrong{nullptr,
                                    true,
                                    -1,
                                    1e300,
                                    "text",
                                    ReadJson::array(),
                                    ReadJson::object(),
                                    ReadJson::array({ReadJson::array()})};
  const ReadJson places = good.flatten();
  for (const auto& [place, value] : places.items()) {
    for (ReadJson::json_pointer at(place); !at.empty(); at.pop_back())
      for (const ReadJson& other : wrong) {
        ReadJson item = good;
        item[at] = other;
        EXPECT_NO_THROW((void)reason_of(item)) << at << ' ' << other;
        EXPECT_NO_THROW((void)matches(item, {Box{13, 52, 14, 53}, "2021-06-01", {"ortho"}}));
      }
  }
}

TEST(StacItem, HrefsAreResolved) {
  EXPECT_EQ(resolved_href("https://a.org/x/y/item.json?t=1", "./cog.tif"),
            "https://a.org/x/y/cog.tif");
  EXPECT_EQ(resolved_href("https://a.org/x/y/item.json", "../cog.tif?sig=a/b"),
            "https://a.org/x/cog.tif?sig=a/b");
  EXPECT_EQ(resolved_href("https://a.org/x/y", "/z/cog.tif"), "https://a.org/z/cog.tif");
  EXPECT_EQ(resolved_href("https://a.org", "z.tif"), "https://a.org/z.tif");
  EXPECT_EQ(resolved_href("https://a.org/x", "s3://bucket/z.tif"), "s3://bucket/z.tif");
  EXPECT_EQ(resolved_href("/data/items/1.json", "../cog.tif"), "/data/cog.tif");
  EXPECT_EQ(resolved_href("/data/items/1.json", "./my%20file.tif"), "/data/items/my file.tif");
  EXPECT_EQ(resolved_href("https://a.org/x/y", "my%20file.tif"), "https://a.org/x/my%20file.tif");
}

TEST(StacItem, NamesForGdal) {
  EXPECT_EQ(gdal_name_of("https://a.org/b.tif", false), "/vsicurl/https://a.org/b.tif");
  EXPECT_EQ(gdal_name_of("s3://bucket/b.tif", false), "/vsis3/bucket/b.tif");
  EXPECT_EQ(gdal_name_of("https://a.org/my file%20.tif?a=b%2F", false),
            "/vsicurl/https://a.org/my%20file%20.tif?a=b%2F");
  EXPECT_EQ(gdal_name_of("/data/b.tif", true), "/data/b.tif");
  EXPECT_EQ(gdal_name_of("file:///data/my%20b.tif", true), "/data/my b.tif");
  EXPECT_EQ(gdal_name_of("file://localhost/data/b.tif", true), "/data/b.tif");
  EXPECT_EQ(gdal_name_of("file:///data/b.tif", false), std::nullopt);
  EXPECT_EQ(gdal_name_of("file:///vsizip/b.zip/c.tif", true), std::nullopt);
  EXPECT_EQ(gdal_name_of("/data/b.tif", false), std::nullopt);
  EXPECT_EQ(gdal_name_of("/vsizip/b.zip/c.tif", true), std::nullopt);
  EXPECT_EQ(gdal_name_of("MEM:::DATAPOINTER=1", true), std::nullopt);
}

TEST(StacFilter, MatchesBoxTimeAndCollection) {
  const ReadJson item = complete_item();
  EXPECT_TRUE(matches(item, {}));
  EXPECT_TRUE(matches(item, {Box{13.05, 52.05, 14, 53}, "2021-05-01/..", {"ortho"}}));
  EXPECT_FALSE(matches(item, {Box{13.2, 52, 14, 53}, "", {}}));
  EXPECT_FALSE(matches(item, {std::nullopt, "2021-06-02/..", {}}));
  EXPECT_FALSE(matches(item, {std::nullopt, "../2021-05-31", {}}));
  EXPECT_TRUE(matches(item, {std::nullopt, "2021-06-01", {}}));
  EXPECT_FALSE(matches(item, {std::nullopt, "", {"other"}}));
  EXPECT_THROW((StacFilter{std::nullopt, "soon", {}}).validate(), Error);
  EXPECT_THROW((StacFilter{std::nullopt, "2022/2021", {}}).validate(), Error);
}

}  // namespace
}  // namespace skyglot
