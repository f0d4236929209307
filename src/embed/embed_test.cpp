// SPDX-License-Identifier: Apache-2.0
#include "embed/embed.hpp"

#include "base/error.hpp"
#include "embed/test_source.hpp"
#include "nn/small_clip.hpp"
#include "pictures/resize.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

namespace skyglot {
namespace {

using ::testing::HasSubstr;
using testing_support::fake_tower;
using testing_support::noisy_picture;
using testing_support::NoisySource;

std::vector<EmbeddedPicture> embed(int count, const PictureModel& tower,
                                   const EmbedOptions& options) {
  NoisySource source(count);
  std::vector<EmbeddedPicture> outcomes;
  embed_pictures(source, tower, options,
                 [&](EmbeddedPicture picture) { outcomes.push_back(std::move(picture)); });
  return outcomes;
}

double length(std::span<const float> vector) {
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

TEST(EmbedPictures, EveryPictureHasAnOutcomeInOrder) {
  const auto outcomes = embed(100, fake_tower(), {});
  ASSERT_EQ(outcomes.size(), 100u);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].id, "p" + std::to_string(i) + ".png");
    EXPECT_EQ(outcomes[i].beside.at("number"), std::to_string(i));
    EXPECT_EQ(outcomes[i].skipped.empty(), i % 7 != 3);
    EXPECT_EQ(outcomes[i].vector.empty(), i % 7 == 3);
    if (i % 7 != 3) {
      EXPECT_NEAR(length(outcomes[i].vector), 1.0, 1e-6);
    }
  }
  EXPECT_THAT(outcomes[3].skipped, HasSubstr("not a PNG"));
}

TEST(EmbedPictures, ThreadsChangeNothing) {
  const auto one = embed(90, fake_tower(), {.threads = 1});
  const auto three = embed(90, fake_tower(), {.threads = 3});
  ASSERT_EQ(one.size(), three.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].vector, three[i].vector);
}

TEST(EmbedPictures, PassesSideBySideAreCutAlike) {
  for (const ResizeMode mode : {ResizeMode::shortest, ResizeMode::tile}) {
    const EmbedOptions options{.resize = mode, .block = 40};
    PictureModel tower = fake_tower();
    const auto one = embed(90, tower, options);
    tower.passes = 3;
    const auto three = embed(90, tower, options);
    ASSERT_EQ(one.size(), 90u);
    ASSERT_EQ(three.size(), 90u);
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(one[i].id, three[i].id);
      EXPECT_EQ(one[i].vector, three[i].vector) << i;
    }
  }
}

TEST(EmbedPictures, PassesEndWhereBlocksDo) {
  std::multiset<std::size_t> sizes;
  PictureModel tower = fake_tower();
  tower.at_once = 5;
  tower.encode = [&](std::span<const Picture> pictures) {
    sizes.insert(pictures.size());
    return testing_support::fake_encode(pictures);
  };
  // 20 items, of which 3, 10 and 17 are damaged; blocks of 8: 7 whole pictures, 7, and 3.
  (void)embed(20, tower, {.block = 8});
  EXPECT_EQ(sizes, (std::multiset<std::size_t>{5, 2, 5, 2, 3}));
}

TEST(EmbedPictures, TheTowerStaysInTheCallingThread) {
  PictureModel tower = fake_tower();
  tower.encode = [here = std::this_thread::get_id()](std::span<const Picture> pictures) {
    EXPECT_EQ(std::this_thread::get_id(), here);
    return testing_support::fake_encode(pictures);
  };
  (void)embed(40, tower, {.threads = 2});
}

TEST(EmbedPictures, RawVectorsAreThoseOfTheTower) {
  NoisySource source(1);
  const Picture crop = resize_and_centre_crop(noisy_picture(20, 16, 0), 8);
  const Matrix expected = testing_support::fake_encode(std::span(&crop, 1));
  const auto outcomes = embed(1, fake_tower(), {.normalise = false});
  EXPECT_EQ(outcomes.at(0).vector, expected.values);
}

TEST(EmbedPictures, TilesAreAveragedAsDirections) {
  PictureModel tower = fake_tower();
  tower.encode = [](std::span<const Picture> pictures) {
    Matrix rows(static_cast<std::int64_t>(pictures.size()), 2);
    rows.row(0)[0] = 10;                                              // one crop says x, loudly
    for (std::int64_t i = 1; i < rows.rows; ++i) rows.row(i)[1] = 1;  // the other y
    return rows;
  };
  const auto outcomes = embed(1, tower, {.resize = ResizeMode::tile});
  const auto& vector = outcomes.at(0).vector;  // 20 x 16 makes two crops
  EXPECT_NEAR(vector.at(0), std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(vector.at(1), std::sqrt(0.5), 1e-6);
}

TEST(EmbedPictures, ValuesThatAreNotFiniteAreAnError) {
  PictureModel tower = fake_tower();
  tower.encode = [](std::span<const Picture> pictures) {
    Matrix rows(static_cast<std::int64_t>(pictures.size()), 4);
    rows.values.back() = std::numeric_limits<float>::quiet_NaN();
    return rows;
  };
  EXPECT_THROW((void)embed(10, tower, {}), Error);
}

TEST(EmbedPictures, EnormousPicturesAreSkipped) {
  const auto outcomes = embed(3, fake_tower(), {.max_pixels = 330});
  EXPECT_EQ(outcomes.at(0).skipped, "");  // 20 x 16
  EXPECT_THAT(outcomes.at(1).skipped, HasSubstr("more than --max-pixels 330"));
  EXPECT_THAT(outcomes.at(1).skipped, Not(HasSubstr(outcomes.at(1).id)));
}

TEST(Preparation, CropsOfEachMode) {
  const Picture wide = noisy_picture(100, 20, 1);
  EXPECT_EQ(prepare_picture(wide, {16, 16, ResizeMode::shortest}).size(), 1u);
  EXPECT_EQ(prepare_picture(wide, {16, 16, ResizeMode::squash}).at(0).pixels,
            resize_bicubic(wide, 16, 16).pixels);
  const auto tiles = prepare_picture(wide, {16, 16, ResizeMode::tile});  // 80 x 16
  ASSERT_EQ(tiles.size(), 5u);
  const Picture whole = resize_bicubic(wide, 80, 16);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(tiles[static_cast<std::size_t>(i)].pixels, crop(whole, 16 * i, 0, 16, 16).pixels)
        << i;
  EXPECT_EQ(prepare_picture(noisy_picture(20, 90, 1), {16, 16, ResizeMode::tile}).size(), 5u);
  EXPECT_EQ(prepare_picture(noisy_picture(20, 20, 1), {16, 16, ResizeMode::tile}).size(), 1u);
  EXPECT_EQ(prepare_picture(noisy_picture(1, 4000, 1), {16, 16, ResizeMode::tile}).size(), 64u);
}

// The middle of a picture that was resized to more: 100 x 20 becomes 125 x 25, of it 16 x 16.
TEST(Preparation, CropsTheMiddleOfALargerSide) {
  const Picture wide = noisy_picture(100, 20, 1);
  const Picture whole = resize_bicubic(wide, 125, 25);
  EXPECT_EQ(prepare_picture(wide, {16, 25}).at(0).pixels, crop(whole, 54, 4, 16, 16).pixels);
  Preparation floored{16, 25};
  floored.centre = CropCentre::floored;  // 109 and 9 are left over: 54 and 4 either way
  EXPECT_EQ(prepare_picture(wide, floored).at(0).pixels, crop(whole, 54, 4, 16, 16).pixels);
  floored.side = 14;  // 111 and 11 are left over: from 55 and 5, rounded to even from 56 and 6
  EXPECT_EQ(prepare_picture(wide, floored).at(0).pixels, crop(whole, 55, 5, 14, 14).pixels);
  EXPECT_EQ(prepare_picture(wide, {14, 25}).at(0).pixels, crop(whole, 56, 6, 14, 14).pixels);
  EXPECT_EQ(prepare_picture(wide, {16, 25, ResizeMode::squash}).at(0).pixels,
            crop(resize_bicubic(wide, 25, 25), 4, 4, 16, 16).pixels);
  Preparation smooth{16, 25};
  smooth.interpolation = Interpolation::bilinear;
  EXPECT_NE(prepare_picture(wide, smooth).at(0).pixels,
            prepare_picture(wide, {16, 25}).at(0).pixels);
}

// Another way than the model's own has no margin: nobody said which.
TEST(EmbedPictures, AnotherResizeTakesTheWholeSide) {
  PictureModel tower = fake_tower();
  tower.preparation = {8, 12};
  NoisySource source(1);
  const Picture squashed = resize_bicubic(noisy_picture(20, 16, 0), 8, 8);
  const auto outcomes = embed(1, tower, {.resize = ResizeMode::squash, .normalise = false});
  EXPECT_EQ(outcomes.at(0).vector, testing_support::fake_encode(std::span(&squashed, 1)).values);
}

// Gives each text its second token.
Matrix token_rows(std::span<const std::string> texts) {
  Matrix rows(std::ssize(texts), 2);
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    rows.row(i)[0] =
        static_cast<float>(clip_tokenizer().context(texts[static_cast<std::size_t>(i)])[1]);
    rows.row(i)[1] = 1;
  }
  return rows;
}

TEST(EmbedTexts, AModelOfOtherWordsHasNoTexts) {
  ModelConfig config = testing_support::small_clip();
  config.text->vocabulary = 1000;
  const TextEncoder encoder(random_model(config, 1), compute_context({}));
  EXPECT_THROW((void)text_model(encoder), Error);
  config.text->vocabulary = 49408;
  const TextEncoder usual(random_model(config, 1), compute_context({}));
  const std::vector<std::string> texts{"a river"};
  EXPECT_EQ(embed_texts(texts, usual, {}).cols, config.embedding_width);
}

TEST(EmbedTexts, RowsAreTheTowersAtUnitLengthOrNot) {
  const std::vector<std::string> texts{"airport", "a river", ""};
  const TextModel tower{token_rows};
  const Matrix plain = embed_texts(texts, tower, {.normalise = false});
  EXPECT_EQ(plain.values, token_rows(texts).values);
  const Matrix unit = embed_texts(texts, tower, {});
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::hypot(unit.row(i)[0], unit.row(i)[1]), 1, 1e-6);
    EXPECT_NEAR(unit.row(i)[0] / unit.row(i)[1], plain.row(i)[0], 0.01 * plain.row(i)[0]);
  }
}

TEST(EmbedTexts, LongTextsAreCutOrRefused) {
  const TextModel tower{token_rows};
  std::vector<std::string> texts{"short", "long"};
  for (int i = 0; i < 90; ++i) texts[1] += " word";
  EXPECT_EQ(embed_texts(texts, tower, {}).rows, 2);
  try {
    (void)embed_texts(texts, tower, {.strict = true});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("93 tokens"));
    EXPECT_THAT(error.what(), HasSubstr("long word"));
  }
}

}  // namespace
}  // namespace skyglot
