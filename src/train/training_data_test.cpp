// SPDX-License-Identifier: Apache-2.0
#include "train/training_data.hpp"

#include "base/atomic_file.hpp"
#include "tests/support/message_of.hpp"

#include "train/train_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace testing_support;

SourcePicture with(std::map<std::string, std::string> beside) {
  return {"forest/a.jpg", "", "", std::move(beside)};
}

TEST(CaptionsOf, TheUsualPlacesInOrder) {
  const SourcePicture all =
      with({{"json", R"({"captions": ["one", " two ", null, ""], "caption": "three"})"},
            {"txt", "four"}});
  EXPECT_THAT(captions_of(all, {}).texts, ElementsAre("one", "two"));
  EXPECT_THAT(captions_of(with({{"json", R"({"caption": "three"})"}, {"txt", "four"}}), {}).texts,
              ElementsAre("three"));
  EXPECT_THAT(captions_of(with({{"title", "of a list"}}), {}).texts, ElementsAre("of a list"));
  EXPECT_THAT(captions_of(with({{"json", "[1]"}, {"txt", "four\n\nfive\n"}}), {}).texts,
              ElementsAre("four", "five"));
  EXPECT_THAT(captions_of(with({}), {}).texts, IsEmpty());
}

TEST(CaptionsOf, TextOfAnotherEncodingIsNone) {
  EXPECT_THAT(captions_of(with({{"txt", "caf\xe9\ncaf\xc3\xa9"}}), {}).texts,
              ElementsAre("caf\xc3\xa9"));
}

TEST(CaptionsOf, TheColumnAskedForAndNoOther) {
  TrainingSource source;
  source.caption = "long";
  EXPECT_THAT(captions_of(with({{"json", R"({"long": "yes", "caption": "no"})"}}), source).texts,
              ElementsAre("yes"));
  EXPECT_THAT(captions_of(with({{"long", "cell"}, {"title", "no"}}), source).texts,
              ElementsAre("cell"));
  EXPECT_THAT(captions_of(with({{"txt", "no"}}), source).texts, IsEmpty());
}

TEST(CaptionsOf, TemplatesTakeTheLabelOrTheFolder) {
  TrainingSource source;
  source.templates = {"a picture of {label}", "{label}, {label}"};
  EXPECT_THAT(captions_of(with({{"json", R"({"label": "lake"})"}}), source).texts,
              ElementsAre("a picture of lake", "lake, lake"));
  EXPECT_THAT(captions_of(with({}), source).texts,
              ElementsAre("a picture of forest", "forest, forest"));
  EXPECT_THAT(captions_of(with({{"txt", "own"}}), source).texts, ElementsAre("own"));
}

TEST(CaptionsOf, TemplatesTakeEveryNameOfALabel) {
  TrainingSource source;
  source.templates = {"{label}", "a {label} from above"};
  source.names = LabelNames("label,name\nParking_Lot,car park\nlake,pond\n", "names.csv");
  const PictureCaptions captions = captions_of(with({{"label", "parking lot"}}), source);
  EXPECT_THAT(captions.texts, ElementsAre("parking lot", "a parking lot from above", "car park",
                                          "a car park from above"));
  EXPECT_EQ(captions.label, "parking lot");
  EXPECT_EQ(captions_of(with({{"txt", "own"}}), source).label, "");
  EXPECT_NE(source.names.hash(), LabelNames("label,name\nlake,pond\n", "names.csv").hash());
  EXPECT_EQ(LabelNames().hash(), "");
}

TEST(LabelNames, RowsWithoutANameAreRefused) {
  EXPECT_THAT(message_of([] { (void)LabelNames("label,name\nlake, \n", "names.csv"); }),
              HasSubstr("names.csv"));
  EXPECT_THAT(message_of([] { (void)LabelNames("label,word\nlake,pond\n", "names.csv"); }),
              HasSubstr("name"));
}

TEST(CaptionsOf, DamagedJsonIsNamed) {
  EXPECT_THAT(message_of([] {
                (void)captions_of(with({{"json", "{"}}), {});
              }),
              HasSubstr("forest/a.jpg"));
}

BatchOptions options(std::int64_t batch) {
  BatchOptions o;
  o.batch = batch;
  o.side = 16;
  o.seed = 5;
  o.threads = 2;
  return o;
}

TEST(TrainingData, RanksShareTheBatchOfOne) {
  const auto folder = fresh_folder("ranks");
  const std::vector<TrainingSource> sources{{{write_fields(folder, 12)}, {}, "", {}, {}, 1}};
  TrainingData whole(sources, options(8));
  BatchOptions half = options(8);
  half.world = 2;
  TrainingData first(sources, half);
  half.rank = 1;
  TrainingData second(sources, half);
  for (int step = 0; step < 4; ++step) {
    const TrainingBatch all = whole.next();
    const TrainingBatch a = first.next();
    const TrainingBatch b = second.next();
    ASSERT_EQ(a.pictures.size(), 4u);
    for (std::size_t i = 0; i < 8; ++i) {
      const TrainingBatch& part = i < 4 ? a : b;
      EXPECT_EQ(all.pictures[i].pixels, part.pictures[i % 4].pixels);
      EXPECT_EQ(all.captions[i], part.captions[i % 4]);
    }
  }
}

TEST(TrainingData, AnEpochHoldsEveryPictureOnce) {
  const auto folder = fresh_folder("epoch");
  const std::vector<TrainingSource> sources{{{write_fields(folder, 12)}, {}, "", {}, {}, 1}};
  BatchOptions plain = options(6);
  plain.augmentation = {1, 1, 40.0 / 36, 40.0 / 36, 0, 0, 1, false, false};
  TrainingData data(sources, plain);
  std::set<std::vector<std::uint8_t>> first;
  std::set<std::vector<std::uint8_t>> second;
  for (int step = 0; step < 4; ++step)
    for (const Picture& picture : data.next().pictures)
      (step < 2 ? first : second).insert(picture.pixels);
  EXPECT_EQ(first.size(), 12u);
  EXPECT_EQ(first, second);
}

TEST(TrainingData, GoesOnAfterAPosition) {
  const auto folder = fresh_folder("position");
  const std::vector<TrainingSource> sources{
      {{write_fields(folder, 10)}, {}, "", {}, {}, 1},
      {{write_fields(folder, 7, "more.tar")}, {}, "", {}, {}, 2}};
  TrainingData whole(sources, options(4));
  std::string position;
  for (int step = 0; step < 5; ++step) position = whole.next().position;
  TrainingData resumed(sources, options(4));
  (void)resumed.next();
  resumed.resume(position);
  for (int step = 0; step < 3; ++step) {
    const TrainingBatch expected = whole.next();
    const TrainingBatch got = resumed.next();
    EXPECT_EQ(got.captions, expected.captions);
    EXPECT_EQ(got.pictures.front().pixels, expected.pictures.front().pixels);
    EXPECT_EQ(got.position, expected.position);
  }
  TrainingData fewer({sources.front()}, options(4));
  EXPECT_THAT(message_of([&] { fewer.resume(position); }), HasSubstr("2 sources"));
}

TEST(TrainingData, WeightsSayHowMuchOfEachSource) {
  const auto folder = fresh_folder("weights");
  ShardWriter writer(folder / "grey.tar");
  writer.add("g.png", encode_png(field(3)));
  writer.add("g.txt", "grey");
  (void)writer.commit();
  TrainingData data(
      {{{write_fields(folder, 10)}, {}, "", {}, {}, 3}, {{folder / "grey.tar"}, {}, "", {}, {}, 1}},
      options(200));
  const TrainingBatch batch = data.next();
  const auto grey = std::ranges::count(batch.captions, "grey");
  EXPECT_GT(grey, 30);
  EXPECT_LT(grey, 70);
}

TEST(TrainingData, SourcesThatMakeNoSenseAreNamed) {
  const auto folder = fresh_folder("senseless");
  const auto tar = write_fields(folder, 4);
  EXPECT_THAT(message_of([&] {
                TrainingData({{{tar}, {}, "", {}, {}, 0}}, options(2));
              }),
              HasSubstr("weight 0"));
  EXPECT_THAT(message_of([&] {
                TrainingData({{{tar}, {}, "title", {}, {}, 1}}, options(2));
              }),
              HasSubstr("none of 4 pictures looked at has a caption under \"title\""));
  EXPECT_THAT(message_of([&] { TrainingData({}, options(2)); }), HasSubstr("at least one source"));
}

TEST(TrainingData, AnotherPictureStandsInForADamagedOne) {
  const auto folder = fresh_folder("damaged");
  ShardWriter writer(folder / "some.tar");
  for (int i = 0; i < 6; ++i) {
    writer.add(fmt::format("p{}.png", i), i % 2 == 0 ? encode_png(field(i)) : "no picture");
    writer.add(fmt::format("p{}.txt", i), fmt::format("caption {}", i));
  }
  (void)writer.commit();
  TrainingData data({{{folder / "some.tar"}, {}, "", {}, {}, 1}}, options(6));
  const TrainingBatch batch = data.next();
  EXPECT_GE(batch.replaced, 3);
  for (const std::string& caption : batch.captions)
    EXPECT_EQ((caption.back() - '0') % 2, 0) << caption;
}

TEST(TrainingData, NothingUsableEndsWithAName) {
  const auto folder = fresh_folder("unusable");
  ShardWriter writer(folder / "none.tar");
  writer.add("p.png", "no picture");
  writer.add("p.txt", "a caption");
  (void)writer.commit();
  TrainingData data({{{folder / "none.tar"}, {}, "", {}, {}, 1}}, options(2));
  EXPECT_THAT(message_of([&] { (void)data.next(); }),
              HasSubstr("none.tar: 1000 pictures in a row"));
}

TEST(TrainingData, PicturesOfOneLabelMeanTheSame) {
  const auto folder = fresh_folder("meanings");
  ShardWriter writer(folder / "scenes.tar");
  for (int i = 0; i < 8; ++i)
    writer.add(fmt::format("{}/{}.png", i % 2 == 0 ? "lake" : "Park", i), encode_png(field(i)));
  (void)writer.commit();
  TrainingSource source{{folder / "scenes.tar"}, {}, "", {"{label}", "a {label}"}, {}, 1};
  source.names = LabelNames("label,name\nlake,pond\n", "names.csv");
  TrainingData data({source}, options(16));
  const TrainingBatch batch = data.next();
  std::map<std::string, std::set<std::string>> captions;
  for (std::size_t i = 0; i < batch.captions.size(); ++i)
    captions[batch.meanings[i]].insert(batch.captions[i]);
  ASSERT_EQ(captions.size(), 2u);
  EXPECT_GT(captions.at("label lake").size(), 1u);
  EXPECT_EQ(captions.at("label park").count("pond"), 0u);
}

}  // namespace
}  // namespace skyglot
