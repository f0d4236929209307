// SPDX-License-Identifier: Apache-2.0
// Every caption and every answer that the SkyScript publication shows comes out of the default
// tables, from OpenStreetMap tags through the visibility table to words.
#include "captions/captions.hpp"
#include "osm/map_object.hpp"
#include "tags/visibility.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// The finest and the coarsest collections of the publication.
constexpr double kFinestGsd = 0.1;
constexpr double kSentinelGsd = 10;
constexpr double kLandsatGsd = 30;

const VisibilityTable& table() {
  static const VisibilityTable labels = VisibilityTable::built_in();
  return labels;
}

CaptionWriter writer() {
  return CaptionWriter(default_caption_rules());
}

std::string with_prefix(const std::string& text) {
  return "a satellite image of " + text;
}

std::vector<Tags> visible(const std::vector<Tags>& objects, double gsd_m) {
  std::vector<Tags> seen;
  for (const Tags& tags : objects) {
    Tags part = table().visible_at(tags, gsd_m);
    if (!part.empty()) seen.push_back(std::move(part));
  }
  return seen;
}

// Whether an object may be the middle of a picture: points and lines need a finer one than their
// level.
bool can_be_focus(const Tags& tags, ObjectKind kind, double gsd_m) {
  const auto level = table().max_gsd_m(tags);
  if (!level) return false;
  const double coarsest = coarsest_gsd_m(*level);
  return kind == ObjectKind::area ? gsd_m <= coarsest : gsd_m < coarsest;
}

struct Phrase {
  Tag tag;
  const char* words;
};

class PublishedPhrase : public testing::TestWithParam<Phrase> {};

TEST_P(PublishedPhrase, IsSaidInTheFinestImagery) {
  const Tags seen = table().visible_at({GetParam().tag}, kFinestGsd);
  ASSERT_EQ(seen, Tags{GetParam().tag});
  EXPECT_EQ(writer().phrase(seen[0]), GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    SkyScript, PublishedPhrase,
    testing::Values(
        Phrase{{"natural", "water"}, "natural water"}, Phrase{{"power", "pole"}, "power pole"},
        Phrase{{"power", "minor_line"}, "power minor line"},
        Phrase{{"man_made", "pier"}, "man made pier"},
        Phrase{{"smoothness", "good"}, "smoothness is good"}, Phrase{{"lanes", "2"}, "lanes of 2"},
        Phrase{{"landuse", "farmland"}, "landuse of farmland"},
        Phrase{{"amenity", "fountain"}, "amenity of fountain"},
        Phrase{{"waterway", "river"}, "waterway of river"},
        Phrase{{"highway", "footway"}, "road of footway"},
        Phrase{{"crop", "cotton"}, "crop of cotton"},
        Phrase{{"resource", "bauxite"}, "resource of bauxite"},
        Phrase{{"surface", "asphalt"}, "surface of asphalt"},
        Phrase{{"cables", "3"}, "cables of 3"}, Phrase{{"voltage", "16000"}, "voltage of 16000"},
        Phrase{{"plant:source", "solar"}, "plant source of solar"},
        Phrase{{"plant:output:electricity", "19.9 MW"}, "plant output electricity of 19.9 MW"},
        Phrase{{"building", "yes"}, "building"},
        Phrase{{"office", "energy_supplier"}, "office of energy supplier"},
        Phrase{{"natural", "tree"}, "natural tree"},
        Phrase{{"man_made", "bridge"}, "man made bridge"},
        Phrase{{"landuse", "quarry"}, "landuse of quarry"},
        Phrase{{"waterway", "stream"}, "waterway of stream"},
        Phrase{{"surface", "concrete"}, "surface of concrete"}));

struct Caption {
  ObjectKind kind;
  double gsd_m;
  Tags focus;
  std::vector<Tags> neighbours;
  const char* single;
  const char* multi;
};

class PublishedCaption : public testing::TestWithParam<Caption> {};

TEST_P(PublishedCaption, ComesOutOfTheDefaultTables) {
  const auto& [kind, gsd_m, focus, neighbours, single, multi] = GetParam();
  ASSERT_TRUE(can_be_focus(focus, kind, gsd_m));
  const Tags seen = table().visible_at(focus, gsd_m);
  EXPECT_EQ(writer().single(seen), with_prefix(single));
  EXPECT_EQ(writer().multi(seen, visible(neighbours, gsd_m)), with_prefix(multi));
}

INSTANTIATE_TEST_SUITE_P(
    SkyScript, PublishedCaption,
    testing::Values(
        // A power plant of some hundred metres fits a picture from about 1 m on.
        Caption{ObjectKind::area,
                1,
                {{"name", "North"},
                 {"plant:method", "thermal"},
                 {"plant:output:electricity", "19.9 MW"},
                 {"plant:source", "solar"},
                 {"power", "plant"}},
                {},
                "power plant, plant source of solar, plant method of thermal, plant output "
                "electricity of 19.9 MW",
                "power plant with plant source of solar and plant method of thermal and plant "
                "output electricity of 19.9 MW"},
        Caption{ObjectKind::area,
                0.6,
                {{"addr:housenumber", "3"}, {"building", "yes"}, {"office", "energy_supplier"}},
                {},
                "building, office of energy supplier",
                "building with office of energy supplier"},
        Caption{ObjectKind::area,
                0.6,
                {{"man_made", "bridge"}},
                {},
                "man made bridge",
                "man made bridge"},
        Caption{ObjectKind::node,
                kFinestGsd,
                {{"amenity", "fountain"}},
                {{{"natural", "tree"}}, {{"highway", "footway"}}},
                "amenity of fountain",
                "amenity of fountain, surrounded by natural tree; road of footway"},
        Caption{ObjectKind::node,
                kFinestGsd,
                {{"power", "pole"}},
                {{{"cables", "3"}, {"power", "minor_line"}, {"voltage", "16000"}}},
                "power pole",
                "power pole, surrounded by power minor line with cables of 3 and voltage of 16000"},
        Caption{ObjectKind::area,
                1,
                {{"landuse", "quarry"}, {"resource", "bauxite"}},
                {},
                "landuse of quarry, resource of bauxite",
                "landuse of quarry with resource of bauxite"}));

TEST(PublishedAnswers, AreKept) {
  for (const Tag& unseen : {Tag{"addr:housenumber", "3"}, Tag{"admin_level", "8"},
                            Tag{"source", "Esri"}, Tag{"leaf_type", "broadleaved"}})
    EXPECT_FALSE(table().max_gsd_m(unseen).has_value()) << to_string(unseen);
  EXPECT_TRUE(table().visible_at({{"power", "pole"}}, kSentinelGsd).empty());
  for (const double gsd_m : {kSentinelGsd, kLandsatGsd}) {
    EXPECT_FALSE(table().visible_at({{"natural", "coastline"}}, gsd_m).empty());
    EXPECT_TRUE(can_be_focus({{"natural", "coastline"}}, ObjectKind::way, gsd_m));
  }
}

}  // namespace
}  // namespace skyglot
