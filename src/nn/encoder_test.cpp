// SPDX-License-Identifier: Apache-2.0
#include "nn/encoder.hpp"

#include "base/error.hpp"
#include "nn/image_tower.hpp"
#include "nn/lively_model.hpp"
#include "nn/positions.hpp"
#include "nn/small_clip.hpp"
#include "nn/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

namespace skyglot {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;
using testing_support::lively_model;
using testing_support::small_clip;
using testing_support::small_vit;

Picture noise(int width, int height, int seed, int bands = 3) {
  Picture picture{width, height, bands, {}};
  for (int i = 0; i < width * height * bands; ++i)
    picture.pixels.push_back(static_cast<std::uint8_t>((i * 37 + i / 7 * seed) % 256));
  return picture;
}

Picture noise(int side, int seed) {
  return noise(side, side, seed);
}

std::vector<Picture> many(int count) {
  std::vector<Picture> pictures;
  for (int i = 0; i < count; ++i) pictures.push_back(noise(32, i));
  return pictures;
}

std::vector<std::string> many_texts(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i)
    texts.push_back("a river by town " + std::to_string(i * i) +
                    std::string(static_cast<std::size_t>(i * 7 % 40), '!'));
  return texts;
}

std::shared_ptr<const ComputeContext> on_threads(int threads) {
  return compute_context({Device::cpu, Precision::fp32, threads});
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

TEST(ImageEncoder, APictureAloneAndInABatchGiveTheSame) {
  const ImageEncoder encoder(lively_model(small_clip(), 1), on_threads(0));
  const std::vector<Picture> pictures = many(300);
  const Matrix all = encoder.encode(pictures);
  ASSERT_EQ(all.rows, 300);
  ASSERT_EQ(all.cols, 24);
  for (const std::int64_t i : {0, 187, 299}) {
    const Matrix one = encoder.encode({&pictures[static_cast<std::size_t>(i)], 1});
    EXPECT_TRUE(std::ranges::equal(one.row(0), all.row(i))) << i;
  }
  EXPECT_LT(cosine(all.row(0), all.row(299)), 0.9999) << "other pictures, other vectors";
}

// Three and a bit passes, so that lanes get different shares.
TEST(Encoders, VectorsAreTheSameForAnyNumberOfThreads) {
  const StoredModel model = lively_model(small_clip(), 1);
  const std::vector<Picture> pictures = many(301);
  const std::vector<std::string> texts = many_texts(301);
  const Encoders one(model, on_threads(1));
  ASSERT_GT(pictures.size(), 3 * one.image().pictures_at_once());
  const Matrix rows = one.image().encode(pictures);
  const Matrix alone = one.image().encode(std::span(pictures).first(1));
  const Matrix text_rows = one.text().encode(texts);
  for (const int threads : {2, 3, 7}) {
    const Encoders more(model, on_threads(threads));
    EXPECT_EQ(more.image().passes_at_once(), static_cast<std::size_t>(threads));
    EXPECT_EQ(more.image().encode(pictures).values, rows.values) << threads;
    EXPECT_EQ(more.image().encode(std::span(pictures).first(1)).values, alone.values) << threads;
    EXPECT_EQ(more.text().encode(texts).values, text_rows.values) << threads;
  }
}

// As a tower made for that side would, with the other's positions brought to its grid.
TEST(ImageEncoder, TakesPicturesOfAnotherSide) {
  const StoredModel model = random_model(small_vit(Pooling::mean), 1);
  const torch::Tensor positions = positions_for_grid(to_torch(model.weights.at("pos_embed"))[0], 3,
                                                     3, model.config.vision.position_resize);
  StoredModel smaller = model;
  smaller.config.vision.image_size = 24;
  smaller.weights["pos_embed"] = make_tensor(
      {positions.data_ptr<float>(), static_cast<std::size_t>(positions.numel())}, {1, 10, 64});
  const Picture small = noise(24, 1);
  EXPECT_EQ(ImageEncoder(model, on_threads(1)).encode({&small, 1}).values,
            ImageEncoder(smaller, on_threads(1)).encode({&small, 1}).values);
}

TEST(Encoders, MayBeCalledFromSeveralThreadsAtOnce) {
  const Encoders encoders(lively_model(small_clip(), 1), on_threads(2));
  std::vector<Picture> pictures = many(40);
  pictures.push_back(noise(40, 24, 3));
  const std::vector<std::string> texts = many_texts(70);
  constexpr std::size_t kCallers = 4;
  struct Outcome {
    std::vector<float> pictures, texts, features;
  };
  const auto call = [&] {
    return Outcome{encoders.image().encode(pictures).values, encoders.text().encode(texts).values,
                   encoders.image().patch_features(pictures).back().values};
  };
  std::array<std::vector<Outcome>, kCallers> outcomes;
  std::vector<std::thread> callers;
  for (std::vector<Outcome>& to : outcomes)
    callers.emplace_back([&] {
      for (int i = 0; i < 3; ++i) to.push_back(call());
    });
  for (std::thread& caller : callers) caller.join();
  const Outcome expected = call();
  for (const std::vector<Outcome>& its : outcomes)
    for (const Outcome& outcome : its) {
      EXPECT_EQ(outcome.pictures, expected.pictures);
      EXPECT_EQ(outcome.texts, expected.texts);
      EXPECT_EQ(outcome.features, expected.features);
    }
}

TEST(ImageEncoder, TakesPicturesOfAnyShapeAtOnce) {
  const ImageEncoder encoder(lively_model(small_vit(Pooling::mean), 1), on_threads(2));
  const std::vector<Picture> pictures{noise(24, 24, 1), noise(40, 16, 2), noise(24, 24, 3),
                                      noise(16, 40, 4), noise(32, 32, 5)};
  const Matrix all = encoder.encode(pictures);
  ASSERT_EQ(all.rows, 5);
  for (std::int64_t i = 0; i < 5; ++i) {
    const Matrix one = encoder.encode({&pictures[static_cast<std::size_t>(i)], 1});
    EXPECT_TRUE(std::ranges::equal(one.row(0), all.row(i))) << i;
  }
  EXPECT_LT(cosine(all.row(1), all.row(3)), 0.9999);
}

TEST(ImageEncoder, GivesAVectorForEachPatch) {
  ModelConfig config = small_vit(Pooling::mean);
  config.vision.register_tokens = 2;
  const ImageEncoder encoder(lively_model(config, 1), on_threads(2));
  const std::vector<Picture> pictures{noise(40, 16, 2), noise(32, 32, 5), noise(40, 16, 3)};
  const std::vector<FeatureGrid> grids = encoder.patch_features(pictures);
  const Matrix pooled = encoder.encode(pictures);
  ASSERT_EQ(grids.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const FeatureGrid& grid = grids[i];
    EXPECT_EQ(grid.height, i == 1 ? 4 : 2);
    EXPECT_EQ(grid.width, i == 1 ? 4 : 5);
    EXPECT_EQ(grid.depth, 64);
    ASSERT_EQ(std::ssize(grid.values), grid.height * grid.width * 64);
    EXPECT_EQ(grid.at(1, 2).data(), grid.values.data() + (grid.width + 2) * 64);
    for (std::size_t d = 0; d < 64; ++d) {
      double mean = 0;
      for (std::int64_t y = 0; y < grid.height; ++y)
        for (std::int64_t x = 0; x < grid.width; ++x) mean += double{grid.at(y, x)[d]};
      mean /= static_cast<double>(grid.height * grid.width);
      EXPECT_NEAR(mean, double{pooled.row(static_cast<std::int64_t>(i))[d]}, 1e-4);
    }
  }
}

TEST(ImageEncoder, GivesTheKeysOfTheLastBlock) {
  const torch::NoGradGuard no_grad;
  const StoredModel model = lively_model(small_clip(), 1);
  const auto context = on_threads(1);
  const std::vector<Picture> pictures{noise(40, 16, 2)};
  const std::vector<FeatureGrid> keys = ImageEncoder(model, context).patch_keys(pictures);
  const ImageTower live(std::make_shared<const Parameters>(model));
  const std::vector<const Picture*> places{&pictures[0]};
  const torch::Tensor expected = live.features(live.patches(places), {2, 5}).keys[0];
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].height, 2);
  EXPECT_EQ(keys[0].width, 5);
  for (std::int64_t i = 0; i < 10; ++i)
    for (std::int64_t d = 0; d < 64; ++d)
      EXPECT_NEAR(keys[0].at(i / 5, i % 5)[static_cast<std::size_t>(d)],
                  expected[i + 1][d].item<float>(), 1e-3F);
}

TEST(ImageEncoder, GivesOwnValuesOfPatches) {
  const torch::NoGradGuard no_grad;
  const StoredModel model = lively_model(small_clip(), 1);
  const std::vector<Picture> pictures{noise(40, 16, 2)};
  const ImageEncoder encoder(model, on_threads(1));
  const std::vector<FeatureGrid> values = encoder.patch_values(pictures);
  const ImageTower live(std::make_shared<const Parameters>(model));
  const std::vector<const Picture*> places{&pictures[0]};
  const torch::Tensor expected = live.features(live.patches(places), {2, 5}, true).tokens[0];
  ASSERT_EQ(values.size(), 1U);
  for (std::int64_t i = 0; i < 10; ++i)
    for (std::int64_t d = 0; d < 64; ++d)
      EXPECT_NEAR(values[0].at(i / 5, i % 5)[static_cast<std::size_t>(d)],
                  expected[i + 1][d].item<float>(), 1e-3F);
  EXPECT_NE(values[0].values, encoder.patch_features(pictures)[0].values);
}

TEST(ImageEncoder, TakesAsManyBandsAsTheModelHas) {
  ModelConfig config = small_vit(Pooling::mean);
  config.vision.bands = 5;
  config.preprocess.mean.assign(5, 0.5F);
  config.preprocess.std.assign(5, 0.25F);
  const ImageEncoder encoder(lively_model(config, 1), on_threads(1));
  const Picture five = noise(32, 32, 1, 5);
  Picture other = five;
  for (std::size_t i = 4; i < other.pixels.size(); i += 5) other.pixels[i] = 0;
  const Matrix one = encoder.encode({&five, 1});
  EXPECT_LT(cosine(one.row(0), encoder.encode({&other, 1}).row(0)), 0.999)
      << "the fifth band counts";
  const Picture three = noise(32, 1);
  EXPECT_THAT(
      [&] {
        (void)encoder.encode({&three, 1});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("3 bands for a model of 5"))));
}

TEST(ImageEncoder, RefusesWhatIsNoWholeNumberOfPatches) {
  const ImageEncoder encoder(lively_model(small_clip(), 1), on_threads(1));
  const std::vector<Picture> pictures{noise(32, 1), noise(32, 20, 1)};
  EXPECT_THAT([&] { (void)encoder.encode(pictures); },
              Throws<Error>(AllOf(Property(&Error::what, HasSubstr("32 x 20 pixels")),
                                  Property(&Error::kind, ErrorKind::usage))));
  const Picture empty{0, 0, 3, {}};
  EXPECT_THROW((void)encoder.patch_features({&empty, 1}), Error);
}

TEST(ImageEncoder, PoolingDecidesWhatStandsForThePicture) {
  const Picture picture = noise(32, 3);
  const Matrix cls =
      ImageEncoder(lively_model(small_vit(Pooling::cls), 1), on_threads(1)).encode({&picture, 1});
  const Matrix mean =
      ImageEncoder(lively_model(small_vit(Pooling::mean), 1), on_threads(1)).encode({&picture, 1});
  EXPECT_LT(cosine(cls.row(0), mean.row(0)), 0.99);
}

TEST(TextEncoder, VectorsDoNotDependOnTheirCompany) {
  const TextEncoder encoder(lively_model(small_clip(), 1), on_threads(0));
  const std::vector<std::string> texts{"a bridge", "a bridge over a river, seen from above", ""};
  const Matrix all = encoder.encode(texts);
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(std::ranges::equal(encoder.encode({&texts[static_cast<std::size_t>(i)], 1}).row(0),
                                   all.row(i)));
  EXPECT_LT(cosine(all.row(0), all.row(1)), 0.9999);
}

TEST(TextEncoder, RowsComeInTheOrderOfTheTexts) {
  const TextEncoder encoder(lively_model(small_clip(), 1), on_threads(2));
  const std::vector<std::string> texts = many_texts(150);
  const Matrix all = encoder.encode(texts);
  std::vector<TokenId> tokens;
  for (const std::string& text : texts)
    std::ranges::copy(encoder.tokenizer().context(text, encoder.context_length()),
                      std::back_inserter(tokens));
  EXPECT_EQ(encoder.encode_tokens(tokens).values, all.values);
  for (std::int64_t i = 0; i < 150; i += 11)
    EXPECT_TRUE(std::ranges::equal(encoder.encode({&texts[static_cast<std::size_t>(i)], 1}).row(0),
                                   all.row(i)))
        << i;
}

TEST(TextEncoder, CutsWhatIsTooLong) {
  const TextEncoder encoder(lively_model(small_clip(), 1), on_threads(1));
  std::string text;
  for (int i = 0; i < 75; ++i) text += "word ";
  const std::vector<std::string> texts{text, text + "more", text + "of another kind"};
  const Matrix rows = encoder.encode(texts);
  EXPECT_TRUE(std::ranges::equal(rows.row(0), rows.row(1)));
  EXPECT_TRUE(std::ranges::equal(rows.row(0), rows.row(2)));
}

TEST(TextEncoder, AnotherVocabularyTakesTokensAlone) {
  ModelConfig config = small_clip();
  config.text->vocabulary = 1000;
  const TextEncoder encoder(lively_model(config, 1), on_threads(1));
  const std::vector<std::string> texts{"a river"};
  EXPECT_THAT([&] { (void)encoder.encode(texts); },
              Throws<Error>(Property(&Error::what, HasSubstr("knows 1000 tokens"))));
  std::vector<TokenId> tokens(77);
  tokens[2] = 999;
  EXPECT_EQ(encoder.encode_tokens(tokens).cols, 24);
}

TEST(TextEncoder, ReadsWordPiecesOfItsModel) {
  ModelConfig config = small_clip();
  config.text->tokens = TokenScheme::word_pieces;
  config.text->vocabulary = 7;
  config.text->context_length = 16;
  StoredModel model = lively_model(config, 1);
  model.vocabulary = "[PAD]\n[UNK]\n[CLS]\nroad\n##s\nriver\n[SEP]\n";
  const TextEncoder encoder(model, on_threads(1));
  const std::vector<std::string> texts{"Roads", "river", "a bridge"};
  std::vector<TokenId> tokens(3 * 16, 0);
  std::ranges::copy(std::vector<TokenId>{2, 3, 4, 6}, tokens.begin());
  std::ranges::copy(std::vector<TokenId>{2, 5, 6}, tokens.begin() + 16);
  std::ranges::copy(std::vector<TokenId>{2, 1, 1, 6}, tokens.begin() + 32);
  EXPECT_EQ(encoder.encode(texts).values, encoder.encode_tokens(tokens).values);
  model.vocabulary = "[PAD]\n[UNK]\n[CLS]\nroad\n[SEP]\n";
  EXPECT_THAT([&] { (void)TextEncoder(model, on_threads(1)).encode(texts); },
              Throws<Error>(Property(&Error::what, HasSubstr("knows 7 tokens"))));
}

TEST(ImageEncoder, BFloat16StaysClose) {
  const StoredModel model = lively_model(small_clip(), 1);
  const Picture picture = noise(32, 3);
  const Matrix full = ImageEncoder(model, on_threads(1)).encode({&picture, 1});
  const Matrix narrow =
      ImageEncoder(model, compute_context({Device::cpu, Precision::bf16, 1})).encode({&picture, 1});
  EXPECT_GT(cosine(full.row(0), narrow.row(0)), 0.999);
  EXPECT_NE(full.values, narrow.values);
}

TEST(Encoders, NoTextTowerIsAnInputError) {
  const Encoders encoders(lively_model(small_vit(), 1), on_threads(1));
  EXPECT_THAT([&] { (void)encoders.text(); },
              Throws<Error>(Property(&Error::what, HasSubstr("no text tower"))));
  const Picture picture = noise(32, 3);
  EXPECT_EQ(encoders.image().encode({&picture, 1}).cols, 64);
}

// A trainer scores its parameters as they stand.
TEST(Encoders, AreMadeOfParametersToo) {
  const StoredModel model = lively_model(small_clip(), 1);
  const Parameters parameters(model);
  const Picture picture = noise(32, 3);
  EXPECT_EQ(ImageEncoder(parameters, on_threads(1)).encode({&picture, 1}).values,
            ImageEncoder(model, on_threads(1)).encode({&picture, 1}).values);
}

TEST(Encoders, NothingGivesNoRows) {
  const Encoders encoders(lively_model(small_clip(), 1), on_threads(1));
  EXPECT_EQ(encoders.image().encode({}).rows, 0);
  EXPECT_TRUE(encoders.image().patch_keys({}).empty());
  EXPECT_EQ(encoders.text().encode({}).rows, 0);
  EXPECT_EQ(encoders.text().encode_tokens({}).rows, 0);
}

}  // namespace
}  // namespace skyglot
