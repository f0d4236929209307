// SPDX-License-Identifier: Apache-2.0
#include "nn/encoder.hpp"

#include "base/error.hpp"
#include "nn/positions.hpp"
#include "nn/random_model.hpp"
#include "nn/small_clip.hpp"
#include "nn/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

using testing_support::small_clip;

ModelConfig small_vit(Pooling pooling) {
  ModelConfig config = small_clip();
  config.kind = ModelKind::vit;
  config.text.reset();
  config.embedding_width = 64;
  config.vision.pooling = pooling;
  return config;
}

Picture noise(int side, int seed) {
  Picture picture{side, side, 3, {}};
  for (int i = 0; i < side * side * 3; ++i)
    picture.pixels.push_back(static_cast<std::uint8_t>((i * 37 + i / 7 * seed) % 256));
  return picture;
}

std::vector<std::int32_t> tokens_of(const std::vector<std::vector<std::int32_t>>& texts) {
  std::vector<std::int32_t> tokens;
  for (const auto& text : texts) {
    tokens.insert(tokens.end(), text.begin(), text.end());
    tokens.resize((tokens.size() + 76) / 77 * 77);
  }
  return tokens;
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

TEST(Encoder, APictureAloneAndInABatchGiveTheSame) {
  const Encoder encoder(random_model(small_clip(), 1), {});
  std::vector<Picture> pictures;
  for (int i = 0; i < 300; ++i) pictures.push_back(noise(32, i));
  const Matrix all = encoder.encode_pictures(pictures);
  ASSERT_EQ(all.rows, 300);
  ASSERT_EQ(all.cols, 24);
  for (const std::int64_t i : {0, 187, 299}) {
    const Matrix one = encoder.encode_pictures({&pictures[static_cast<std::size_t>(i)], 1});
    EXPECT_TRUE(std::ranges::equal(one.row(0), all.row(i))) << i;
  }
  EXPECT_LT(cosine(all.row(0), all.row(299)), 0.9999) << "other pictures, other vectors";
}

// Three and a bit passes, so that lanes get different shares.
TEST(Encoder, VectorsAreTheSameForAnyNumberOfThreads) {
  const StoredModel model = random_model(small_clip(), 1);
  std::vector<Picture> pictures;
  std::vector<std::vector<std::int32_t>> texts;
  for (int i = 0; i < 301; ++i) {
    pictures.push_back(noise(32, i));
    texts.push_back({49406, 320 + i, 1125 + 2 * i, 49407});
  }
  const Encoder one(model, {Device::cpu, Precision::fp32, 1});
  ASSERT_GT(pictures.size(), 3 * one.pictures_at_once());
  const Matrix rows = one.encode_pictures(pictures);
  const Matrix alone = one.encode_pictures(std::span(pictures).first(1));
  const Matrix text_rows = one.encode_tokens(tokens_of(texts));
  for (const int threads : {2, 3, 7}) {
    const Encoder many(model, {Device::cpu, Precision::fp32, threads});
    EXPECT_EQ(many.encode_pictures(pictures).values, rows.values) << threads;
    EXPECT_EQ(many.encode_pictures(std::span(pictures).first(1)).values, alone.values) << threads;
    EXPECT_EQ(many.encode_tokens(tokens_of(texts)).values, text_rows.values) << threads;
  }
}

// As a tower made for that side would, with the other's positions brought to its grid.
TEST(Encoder, TakesPicturesOfAnotherSide) {
  const StoredModel model = random_model(small_vit(Pooling::mean), 1);
  const torch::Tensor positions = positions_for_grid(to_torch(model.weights.at("pos_embed"))[0], 3,
                                                     3, model.config.vision.position_resize);
  StoredModel smaller = model;
  smaller.config.vision.image_size = 24;
  smaller.weights["pos_embed"] = make_tensor(
      {positions.data_ptr<float>(), static_cast<std::size_t>(positions.numel())}, {1, 10, 64});
  const Picture small = noise(24, 1);
  EXPECT_EQ(Encoder(model, {}).encode_pictures({&small, 1}).values,
            Encoder(smaller, {}).encode_pictures({&small, 1}).values);
}

TEST(Encoder, PoolingDecidesWhatStandsForThePicture) {
  const Picture picture = noise(32, 3);
  const Matrix cls =
      Encoder(random_model(small_vit(Pooling::cls), 1), {}).encode_pictures({&picture, 1});
  const Matrix mean =
      Encoder(random_model(small_vit(Pooling::mean), 1), {}).encode_pictures({&picture, 1});
  EXPECT_LT(cosine(cls.row(0), mean.row(0)), 0.99);
}

TEST(Encoder, TextVectorsDoNotDependOnTheirCompany) {
  const Encoder encoder(random_model(small_clip(), 1), {});
  const std::vector<std::int32_t> shorter{49406, 320, 1125, 49407};
  const std::vector<std::int32_t> longer{49406, 320, 1125, 539, 3259, 13927, 269, 49407};
  const Matrix both = encoder.encode_tokens(tokens_of({shorter, longer}));
  const Matrix one = encoder.encode_tokens(tokens_of({shorter}));
  EXPECT_TRUE(std::ranges::equal(both.row(0), one.row(0)));
  EXPECT_LT(cosine(both.row(0), both.row(1)), 0.9999);
}

TEST(Encoder, BFloat16StaysClose) {
  const StoredModel model = random_model(small_clip(), 1);
  const Picture picture = noise(32, 3);
  const Matrix full = Encoder(model, {}).encode_pictures({&picture, 1});
  const Matrix narrow =
      Encoder(model, {Device::cpu, Precision::bf16, 1}).encode_pictures({&picture, 1});
  EXPECT_GT(cosine(full.row(0), narrow.row(0)), 0.999);
  EXPECT_NE(full.values, narrow.values);
}

TEST(Encoder, NoTextTowerIsAUsageError) {
  const Encoder encoder(random_model(small_vit(Pooling::cls), 1), {});
  const std::vector<std::int32_t> tokens(77, 1);
  EXPECT_THROW(static_cast<void>(encoder.encode_tokens(tokens)), Error);
}

TEST(Encoder, NothingGivesNoRows) {
  const Encoder encoder(random_model(small_clip(), 1), {});
  EXPECT_EQ(encoder.encode_pictures({}).rows, 0);
  EXPECT_EQ(encoder.encode_tokens({}).rows, 0);
}

}  // namespace
}  // namespace skyglot
