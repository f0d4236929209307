// SPDX-License-Identifier: Apache-2.0
#include "eval/caption_list.hpp"
#include "eval/caption_texts.hpp"
#include "scores/counting.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kKarpathy = R"({"images": [
  {"filename": "1.tif", "split": "test", "sentences": [{"raw": "one . "}, {"raw": "two"}]},
  {"filename": "2.tif", "filepath": "val", "split": "val", "sentences": [{"raw": "three"}]}]})";

TEST(CaptionList, KarpathyFilesAreReadBySplit) {
  const CaptionList test = parse_captions(kKarpathy, "test", "k.json");
  ASSERT_EQ(test.files().size(), 1u);
  EXPECT_THAT(test.files()[0].captions, ElementsAre("one .", "two"));
  EXPECT_EQ(test.find("imgs/1.jpg"), 0u);
  EXPECT_FALSE(test.find("imgs/2.jpg").has_value());
  EXPECT_EQ(parse_captions(kKarpathy, "", "k.json").find("val/2.png"), 1u);
  EXPECT_THAT(message_of([] { (void)parse_captions(kKarpathy, "dev", "k.json"); }),
              AllOf(HasSubstr("k.json"), HasSubstr("test, val")));
}

TEST(CaptionList, CocoFilesJoinTheirAnnotations) {
  const CaptionList list = parse_captions(
      R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
          "annotations": [{"image_id": 7, "caption": "x"}, {"image_id": 7, "caption": " y"}]})",
      "", "c.json");
  ASSERT_EQ(list.files().size(), 1u);
  EXPECT_THAT(list.files()[0].captions, ElementsAre("x", "y"));
  EXPECT_THAT(message_of([] {
                (void)parse_captions(
                    R"({"images": [], "annotations": [{"image_id": 3, "caption": "x"}]})", "",
                    "c.json");
              }),
              HasSubstr("image_id 3"));
}

TEST(CaptionList, NamesThatSeveralHaveAreNotGuessed) {
  const CaptionList list({{"a/1.jpg", {"x"}}, {"b/1.jpg", {"y"}}}, "");
  EXPECT_EQ(list.find("b/1.png"), 1u);
  EXPECT_FALSE(list.find("c/1.png").has_value());
}

TEST(CaptionList, IdsAreTextsOrNumbersNotTrees) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& id : {std::string("[1]"), std::string("{}"), deep})
    EXPECT_THAT(message_of([&] {
                  (void)parse_captions("{\"images\": [{\"id\": " + id +
                                           ", \"file_name\": \"a\"}], \"annotations\": []}",
                                       "", "c.json");
                }),
                AnyOf(HasSubstr("neither text nor number"), HasSubstr("nested too deeply")));
}

TEST(CaptionList, PicturesByClassAreRead) {
  constexpr const char* kNwpu = R"({
    "dam": [{"filename": "x_0.jpg", "split": "test", "imgid": 0, "raw": "a", "raw_1": " b "}],
    "port": [{"filename": "x_1.jpg", "split": "val", "imgid": 1, "raw": "c"}]})";
  const CaptionList all = parse_captions(kNwpu, "", "n.json");
  ASSERT_EQ(all.files().size(), 2u);
  EXPECT_EQ(all.files()[0].file, "dam/x_0.jpg");
  EXPECT_THAT(all.files()[0].captions, ElementsAre("a", "b"));
  EXPECT_EQ(parse_captions(kNwpu, "val", "n.json").find("port/x_1.png"), 0u);
}

TEST(CaptionList, OtherLayoutsAreToldWhichAreKnown) {
  for (const char* text : {"[]", "{}", R"([{"image": "a.jpg", "caption": "x"}])",
                           R"({"dam": [{"filename": "x", "caption": "y"}]})"})
    EXPECT_THAT(message_of([&] { (void)parse_captions(text, "", "k.json"); }),
                AllOf(HasSubstr("no known layout"), HasSubstr("NWPU-Captions")))
        << text;
}

TEST(CaptionList, DamageIsNamed) {
  for (const char* text : {"", "[]", "{\"images\": 3}", "{\"images\": [{\"filename\": 3}]}",
                           "{\"images\": [{\"filename\": \"x\", \"sentences\": [\"y\"]}]}"})
    EXPECT_THAT(message_of([&] { (void)parse_captions(text, "", "k.json"); }), HasSubstr("k.json"))
        << text;
}

const std::vector<std::vector<std::string>> kCaptions{{"a river .", "water"}, {"a river ."}};

TEST(CaptionTexts, EqualCaptionsBecomeOneWithAllTheirPictures) {
  const CaptionTexts texts = collect_captions(kCaptions, {.prefix = "a satellite image. "});
  EXPECT_THAT(texts.texts, ElementsAre("a satellite image. a river .", "a satellite image. water"));
  EXPECT_EQ(texts.captions, 3);
  ASSERT_EQ(texts.pairs.size(), 3u);
  EXPECT_EQ(texts.pairs[2].picture, 1);
  EXPECT_EQ(texts.pairs[2].text, 0);
}

TEST(CaptionTexts, EveryCaptionMayCount) {
  const CaptionTexts texts = collect_captions(kCaptions, {.capitalise = true, .every = true});
  EXPECT_THAT(texts.texts, ElementsAre("A river .", "Water", "A river ."));
  EXPECT_EQ(texts.pairs[2].text, 2);
}

TEST(CaptionTexts, ACaptionTwiceOnOnePictureIsOnePair) {
  EXPECT_EQ(collect_captions(std::vector<std::vector<std::string>>{{"x", "x"}}, {}).pairs.size(),
            1u);
}

TEST(Counting, OnlyTheNumberChanges) {
  const auto words = count_captions("There are Two planes on the airport.", 2, false);
  ASSERT_TRUE(words.has_value());
  EXPECT_EQ(words->size(), 10u);
  EXPECT_EQ(words->front(), "There are one planes on the airport.");
  EXPECT_EQ(words->back(), "There are ten planes on the airport.");
  const auto digits = count_captions("10 ships", 10, true);
  ASSERT_TRUE(digits.has_value());
  EXPECT_EQ((*digits)[2], "3 ships");
}

TEST(Counting, CaptionsThatDoNotSayTheirNumberOnceAreRefused) {
  EXPECT_FALSE(count_captions("some planes", 2, false).has_value());
  EXPECT_FALSE(count_captions("two planes and two ships", 2, false).has_value());
  EXPECT_FALSE(count_captions("a one-way street with 1 car", 1, false).has_value());
  EXPECT_FALSE(count_captions("twofold planes, 20", 2, false).has_value());
}

TEST(Counting, ScoresAreProductsWithEachPicturesOwnTexts) {
  Matrix pictures(2, 2);
  pictures.values = {1, 0, 0, 1};
  Matrix texts(11, 2);
  for (std::int64_t i = 0; i < 11; ++i) texts.row(i)[1] = static_cast<float>(i) / 10;
  texts.row(4)[0] = 1;
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < 10; ++i) rows.push_back(i);
  for (std::int64_t i = 1; i < 11; ++i) rows.push_back(i);
  const Matrix scores = counting_scores(pictures, texts, rows);
  EXPECT_EQ(best_column(scores.row(0)), 4u);
  EXPECT_EQ(best_column(scores.row(1)), 9u);
  // Chosen: five and ten; true: three and ten.
  EXPECT_NEAR(mean_count_error(scores, std::vector<std::int32_t>{2, 9}), 1.0, 1e-9);
}

}  // namespace
}  // namespace skyglot
