// SPDX-License-Identifier: Apache-2.0
#include "captions/captions.hpp"

#include "base/random.hpp"
#include "base/strings.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kPrefix = "a satellite image of ";

CaptionWriter writer_without_prefix() {
  CaptionRules rules = default_caption_rules();
  rules.prefix.clear();
  return CaptionWriter(rules);
}

struct PhraseCase {
  Tag tag;
  const char* phrase;
};

class PublishedPhrase : public ::testing::TestWithParam<PhraseCase> {};

TEST_P(PublishedPhrase, IsSaidToTheLetter) {
  EXPECT_EQ(writer_without_prefix().phrase(GetParam().tag), GetParam().phrase);
}

// Every key and value that the paper and the released captions show.
INSTANTIATE_TEST_SUITE_P(
    SkyScript, PublishedPhrase,
    ::testing::Values(PhraseCase{{"natural", "water"}, "natural water"},
                      PhraseCase{{"natural", "tree"}, "natural tree"},
                      PhraseCase{{"power", "pole"}, "power pole"},
                      PhraseCase{{"power", "plant"}, "power plant"},
                      PhraseCase{{"power", "minor_line"}, "power minor line"},
                      PhraseCase{{"man_made", "pier"}, "man made pier"},
                      PhraseCase{{"man_made", "bridge"}, "man made bridge"},
                      PhraseCase{{"smoothness", "good"}, "smoothness is good"},
                      PhraseCase{{"lanes", "2"}, "lanes of 2"},
                      PhraseCase{{"landuse", "farmland"}, "landuse of farmland"},
                      PhraseCase{{"landuse", "quarry"}, "landuse of quarry"},
                      PhraseCase{{"amenity", "fountain"}, "amenity of fountain"},
                      PhraseCase{{"waterway", "river"}, "waterway of river"},
                      PhraseCase{{"highway", "footway"}, "road of footway"},
                      PhraseCase{{"crop", "cotton"}, "crop of cotton"},
                      PhraseCase{{"resource", "bauxite"}, "resource of bauxite"},
                      PhraseCase{{"surface", "asphalt"}, "surface of asphalt"},
                      PhraseCase{{"cables", "3"}, "cables of 3"},
                      PhraseCase{{"voltage", "16000"}, "voltage of 16000"},
                      PhraseCase{{"plant:source", "solar"}, "plant source of solar"},
                      PhraseCase{{"plant:method", "thermal"}, "plant method of thermal"},
                      PhraseCase{{"plant:output:electricity", "19.9 MW"},
                                 "plant output electricity of 19.9 MW"},
                      PhraseCase{{"office", "energy_supplier"}, "office of energy supplier"},
                      PhraseCase{{"building", "yes"}, "building"}));

class OwnPhrase : public PublishedPhrase {};
TEST_P(OwnPhrase, ReadsNaturally) {
  EXPECT_EQ(writer_without_prefix().phrase(GetParam().tag), GetParam().phrase);
}

INSTANTIATE_TEST_SUITE_P(
    Completion, OwnPhrase,
    ::testing::Values(PhraseCase{{"aeroway", "runway"}, "airport runway"},
                      PhraseCase{{"aeroway", "aerodrome"}, "airport"},
                      PhraseCase{{"railway", "rail"}, "railway track"},
                      PhraseCase{{"railway", "platform"}, "railway platform"},
                      PhraseCase{{"roof:shape", "gabled"}, "roof shape of gabled"},
                      PhraseCase{{"building", "church"}, "building of church"},
                      PhraseCase{{"roof:colour", "#8b0000"}, "roof colour of dark red"},
                      PhraseCase{{"roof:colour", "maroon"}, "roof colour of maroon"},
                      PhraseCase{{"bridge", "yes"}, "bridge"},
                      PhraseCase{{"sidewalk", "no"}, "no sidewalk"},
                      PhraseCase{{"golf", "bunker"}, "golf bunker"},
                      PhraseCase{{"historic", "castle"}, "historic castle"},
                      PhraseCase{{"tracktype", "grade5"}, "track type is soft"},
                      PhraseCase{{"sport", "soccer;tennis"}, "sport of soccer and tennis"},
                      PhraseCase{{"sport", "a; b ;;a;c;d"}, "sport of a and b and c"},
                      PhraseCase{{"building", "yes;house"}, "building of house"},
                      PhraseCase{{"abandoned:railway", "rail"}, "abandoned railway track"},
                      PhraseCase{{"disused:aeroway", "runway"}, "disused airport runway"},
                      PhraseCase{{"fence:", ""}, "fence"}, PhraseCase{{"", "x"}, "x"},
                      PhraseCase{{"__a::b", "  c_:d\t\n"}, "a b of c d"}));

struct SingleCase {
  Tags tags;
  const char* caption;
};

class PublishedSingle : public ::testing::TestWithParam<SingleCase> {};

TEST_P(PublishedSingle, IsWrittenToTheLetterWithAndWithoutPrefix) {
  EXPECT_EQ(writer_without_prefix().single(GetParam().tags), GetParam().caption);
  EXPECT_EQ(CaptionWriter(default_caption_rules()).single(GetParam().tags),
            kPrefix + GetParam().caption);
}

INSTANTIATE_TEST_SUITE_P(
    SkyScript, PublishedSingle,
    ::testing::Values(
        SingleCase{{{"plant:method", "thermal"},
                    {"plant:output:electricity", "19.9 MW"},
                    {"plant:source", "solar"},
                    {"power", "plant"}},
                   "power plant, plant source of solar, plant method of thermal, plant output "
                   "electricity of 19.9 MW"},
        SingleCase{{{"building", "yes"}, {"office", "energy_supplier"}},
                   "building, office of energy supplier"},
        SingleCase{{{"man_made", "bridge"}}, "man made bridge"}));

struct MultiCase {
  Tags focus;
  std::vector<Tags> neighbours;
  const char* caption;
};

class PublishedMulti : public ::testing::TestWithParam<MultiCase> {};

TEST_P(PublishedMulti, IsWrittenToTheLetterWithAndWithoutPrefix) {
  const auto& [focus, neighbours, caption] = GetParam();
  EXPECT_EQ(writer_without_prefix().multi(focus, neighbours), caption);
  EXPECT_EQ(CaptionWriter(default_caption_rules()).multi(focus, neighbours), kPrefix + caption);
}

INSTANTIATE_TEST_SUITE_P(
    SkyScript, PublishedMulti,
    ::testing::Values(
        MultiCase{{{"amenity", "fountain"}},
                  {{{"natural", "tree"}}, {{"highway", "footway"}}},
                  "amenity of fountain, surrounded by natural tree; road of footway"},
        MultiCase{{{"power", "pole"}},
                  {{{"cables", "3"}, {"power", "minor_line"}, {"voltage", "16000"}}},
                  "power pole, surrounded by power minor line with cables of 3 and voltage of "
                  "16000"},
        MultiCase{{{"landuse", "quarry"}, {"resource", "bauxite"}},
                  {},
                  "landuse of quarry with resource of bauxite"}));

TEST(Caption, PutsTheMainKeyFirstThenKeys) {
  const Tags tags{{"aaa", "1"}, {"landuse", "grass"}, {"sport", "golf"}, {"zzz", "2"}};
  EXPECT_EQ(writer_without_prefix().single(tags),
            "landuse of grass, sport of golf, aaa of 1, zzz of 2");
}

TEST(Caption, NeverOpensWithWhatIsGone) {
  const Tags tags{{"abandoned:railway", "rail"}, {"surface", "gravel"}};
  EXPECT_EQ(writer_without_prefix().single(tags), "surface of gravel, abandoned railway track");
}

TEST(Caption, KeepsSilentKeysForWhenThereIsNothingElse) {
  const CaptionWriter writer = writer_without_prefix();
  EXPECT_EQ(writer.single({{"name", "Oak Park"}, {"natural", "wood"}}), "natural wood");
  EXPECT_EQ(writer.single({{"name:en", "Oak Park"}}), "name en of Oak Park");
}

TEST(Caption, SaysSomethingOfNothing) {
  const CaptionWriter writer(default_caption_rules());
  EXPECT_EQ(writer.single({}), kPrefix + "object");
  EXPECT_EQ(writer.multi({{"", ""}}, {{{"natural", "tree"}}}), kPrefix + "object");
}

TEST(Caption, SaysEqualPhrasesOnce) {
  const Tags tree{{"natural", "tree"}};
  const Tags road{{"highway", "service"}};
  EXPECT_EQ(writer_without_prefix().multi(road, {tree, road, tree, {}, tree}),
            "road of service, surrounded by natural tree");
}

TEST(Caption, DoesNotRepeatTheFocusWhateverItsAttributes) {
  const Tags road{{"highway", "service"}, {"k1", "1"}, {"k2", "2"}, {"k3", "3"}};
  EXPECT_EQ(writer_without_prefix().multi(road, {road}),
            "road of service with k1 of 1 and k2 of 2 and k3 of 3");
}

TEST(Caption, CapsNeighboursAndTheirAttributes) {
  CaptionRules rules = default_caption_rules();
  rules.prefix.clear();
  rules.max_neighbours = 2;
  rules.max_neighbour_attributes = 1;
  const std::vector<Tags> neighbours{{{"natural", "tree"}},
                                     {{"highway", "service"}, {"lanes", "1"}, {"surface", "mud"}},
                                     {{"natural", "wood"}}};
  EXPECT_EQ(CaptionWriter(rules).multi({{"landuse", "grass"}}, neighbours),
            "landuse of grass, surrounded by natural tree; road of service with surface of mud");
}

TEST(Caption, LeavesOutNeighboursThatDoNotFit) {
  const std::string longish(200, 'x');
  const std::string caption =
      CaptionWriter(default_caption_rules())
          .multi({{"power", "pole"}},
                 {{{"natural", "tree"}}, {{"amenity", longish + longish}}, {{"natural", "scrub"}}});
  EXPECT_EQ(caption, kPrefix + "power pole, surrounded by natural tree; natural scrub");
}

TEST(Caption, DropsAttributesFromTheEnd) {
  Tags tags{{"building", "house"}};
  for (char c = 'a'; c <= 'z'; ++c) tags.push_back({std::string("k") + c, "12345"});
  const std::string caption = CaptionWriter(default_caption_rules()).single(tags);
  EXPECT_THAT(caption, StartsWith(kPrefix + "building of house, ka of 12345, kb of 12345"));
  EXPECT_THAT(caption, EndsWith(" of 12345"));
  EXPECT_THAT(caption, Not(HasSubstr("kz")));
  const std::size_t tokens = clip_tokenizer().count(caption);
  EXPECT_LE(tokens, 77u);
  EXPECT_GT(tokens, 77u - 10u);  // one more phrase would not have fitted
}

TEST(Caption, CutsAValueAsTheLastResort) {
  for (const std::string& unit : {std::string("wasser"), std::string("東"), std::string("🛰 ")}) {
    std::string value;
    for (int i = 0; i < 5000; ++i) value += unit;
    const Tags tags{{"amenity", value}, {"name", value}};
    for (const std::string& caption : {CaptionWriter(default_caption_rules()).single(tags),
                                       CaptionWriter(default_caption_rules()).multi(tags, {})}) {
      EXPECT_THAT(caption, StartsWith(kPrefix + "amenity of " + std::string(trim(unit))));
      EXPECT_TRUE(is_utf8(caption));
      EXPECT_LE(clip_tokenizer().count(caption), 77u);
      EXPECT_GT(clip_tokenizer().count(caption), 70u);
    }
  }
}

// Tags of all sorts: real ones, Unicode, control characters, broken UTF-8, very long.
std::string random_text(RandomStream& random) {
  static const std::vector<std::string> bits{"building", "natural",
                                             "highway",  "yes",
                                             "no",       ";",
                                             ":",        "_",
                                             " ",        "  ",
                                             "\t",       "water",
                                             "é",        "東京",
                                             "🛰️",  "&amp;",
                                             "\xFF",     "\xE2\x82",
                                             "\n",       "12.5",
                                             "a",        "İ",
                                             "ﬃ",        "name",
                                             "|",        "<|endoftext|>",
                                             "\u00A0",   "\u200B",
                                             "ΩΣ",       "'s",
                                             ",",        "railway"};
  std::string text;
  const auto count = random.chance(0.02) ? random.integer(100, 3000) : random.integer(0, 4);
  for (std::int64_t i = 0; i < count; ++i) text += bits[random.index(bits.size())];
  return text;
}

Tags random_tags(RandomStream& random) {
  Tags tags;
  const std::int64_t count = random.chance(0.05) ? random.integer(10, 60) : random.integer(1, 6);
  for (std::int64_t i = 0; i < count; ++i)
    tags.push_back({random_text(random), random_text(random)});
  return tags;
}

void expect_sound(const std::string& caption) {
  ASSERT_TRUE(is_utf8(caption));
  ASSERT_GT(caption.size(), kPrefix.size()) << caption;
  ASSERT_LE(clip_tokenizer().count(caption), 77u) << caption;
  ASSERT_THAT(caption, Not(HasSubstr("  ")));
  ASSERT_EQ(trim(caption), caption);
}

TEST(CaptionProperty, IsSoundForWhateverTags) {
  const CaptionWriter writer(default_caption_rules());
  for (std::uint64_t round = 0; round < 3000; ++round) {
    RandomStream random(7, "captions", {round});
    const Tags focus = random_tags(random);
    std::vector<Tags> neighbours;
    for (std::int64_t i = random.integer(0, 12); i > 0; --i)
      neighbours.push_back(random_tags(random));
    ASSERT_NO_FATAL_FAILURE(expect_sound(writer.single(focus))) << "round " << round;
    const std::string multi = writer.multi(focus, neighbours);
    ASSERT_NO_FATAL_FAILURE(expect_sound(multi)) << "round " << round;
    ASSERT_EQ(multi, writer.multi(focus, neighbours));
  }
}

}  // namespace
}  // namespace skyglot
