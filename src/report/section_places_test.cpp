// SPDX-License-Identifier: Apache-2.0
#include "report/sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Not;

ReportContent content_with_tiles(const std::vector<Point>& at) {
  ReportContent content;
  Statistics& s = content.statistics;
  s.tiles = TileMap(1000);
  for (const Point p : at) {
    PairRecord record;
    record.outline_lonlat = Geometry::rectangle({p.x, p.y, p.x + 0.001, p.y + 0.001});
    record.collection = p.x < 0 ? "US" : "S2";
    record.split = p.y > 52 ? Split::val : Split::train;
    s.tiles.add(record);
    ++s.by_collection[record.collection][static_cast<std::size_t>(record.split)];
    ++s.pairs;
  }
  return content;
}

TEST(PlacesSection, OnePlaceOfOneCollectionIsOneMap) {
  const std::string html = places_section(content_with_tiles({{13.4, 52.5}, {13.41, 52.5}})).html;
  EXPECT_THAT(html, HasSubstr("id=\"map-split-t\""));
  EXPECT_THAT(html, Not(HasSubstr("map-collection")));
  EXPECT_THAT(html, Not(HasSubstr("map-places")));
  EXPECT_THAT(html, HasSubstr("<bdi>val</bdi> (2)"));
  EXPECT_THAT(html, Not(HasSubstr("<bdi>train</bdi>")));
}

TEST(PlacesSection, PlacesThatLieApartGetAMapEachAndAnOverview) {
  const std::string html =
      places_section(content_with_tiles({{13.4, 52.5}, {-74, 40.7}, {-74.01, 40.7}})).html;
  EXPECT_THAT(html, HasSubstr("id=\"map-places-t\""));
  EXPECT_THAT(html, HasSubstr("Outlines of 2 tiles around 40.7"));
  for (const char* id : {"map-split-A-t", "map-split-B-t", "map-collection-A-t"})
    EXPECT_THAT(html, HasSubstr(id));
  EXPECT_THAT(html, Not(HasSubstr("map-split-C")));
}

TEST(PlacesSection, NoTilesNoMap) {
  EXPECT_THAT(places_section({}).html, Not(HasSubstr("<svg")));
}

}  // namespace
}  // namespace skyglot
