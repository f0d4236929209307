// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "nn/encoder.hpp"
#include "nn/lively_model.hpp"
#include "nn/small_clip.hpp"
#include "weights/join_towers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing_support::lively_model;
using testing_support::small_clip;
using testing_support::small_vit;

// A text encoder of the tensors that a clip's tower of that shape would have.
BertEncoder small_bert() {
  BertEncoder bert;
  ModelConfig config = small_clip();
  TextConfig& text = *config.text;
  text.transformer.norm_order = NormOrder::post;
  text.transformer.activation = Activation::gelu;
  text.vocabulary = 6;
  text.first_norm = true;
  text.last_norm = false;
  bert.transformer = text.transformer;
  for (const auto& [name, tensor] : lively_model(config, 4).weights)
    if (!name.starts_with("visual.") && name != "text_projection" && name != "logit_scale")
      bert.weights[name] = tensor;
  bert.pieces = {"[PAD]", "[UNK]", "[CLS]", "road", "river", "[SEP]"};
  return bert;
}

Picture some_picture() {
  Picture picture{32, 32, 3, std::vector<std::uint8_t>(32 * 32 * 3)};
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<std::uint8_t>(i * 37 % 251);
  return picture;
}

TEST(JoinTowers, ThePictureIsWhatTheTowerMadeOfItProjected) {
  const StoredModel vit = lively_model(small_vit(Pooling::mean), 3);
  StoredModel joined = join_towers(vit, small_bert(), {64, 16, Pooling::mean, 1});
  std::vector<float> identity(64 * 64, 0);
  for (std::size_t i = 0; i < 64; ++i) identity[i * 64 + i] = 1;
  joined.weights["visual.proj"] = make_tensor(identity, {64, 64});
  const auto context = compute_context({Device::cpu, Precision::fp32, 1});
  const Picture picture = some_picture();
  const Matrix alone = ImageEncoder(vit, context).encode({&picture, 1});
  const Matrix both = ImageEncoder(joined, context).encode({&picture, 1});
  for (std::size_t i = 0; i < 64; ++i) EXPECT_NEAR(both.row(0)[i], alone.row(0)[i], 1e-4) << i;
}

TEST(JoinTowers, TextsAreReadWithTheEncodersPieces) {
  const StoredModel joined =
      join_towers(lively_model(small_vit(), 3), small_bert(), {24, 16, Pooling::mean, 1});
  EXPECT_EQ(joined.weights.at("positional_embedding").shape, (std::vector<std::int64_t>{16, 48}));
  const TextEncoder encoder(joined, compute_context({Device::cpu, Precision::fp32, 1}));
  const std::vector<std::string> texts{"Road", "river", "road river"};
  const Matrix rows = encoder.encode(texts);
  EXPECT_EQ(rows.cols, 24);
  EXPECT_FALSE(std::ranges::equal(rows.row(0), rows.row(1)));
  EXPECT_EQ(encoder.tokenizer().count("Road River"), 4U);
}

std::string refusal(const StoredModel& image, const BertEncoder& text, const JoinOptions& options) {
  try {
    (void)join_towers(image, text, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(JoinTowers, RefusesWhatCannotBeJoined) {
  const StoredModel vit = lively_model(small_vit(), 3);
  BertEncoder bert = small_bert();
  EXPECT_THAT(refusal(lively_model(small_clip(), 1), bert, {}), HasSubstr("only a plain ViT"));
  EXPECT_THAT(refusal(vit, bert, {24, 100, Pooling::mean, 1}), HasSubstr("77 positions"));
  EXPECT_THAT(refusal(vit, bert, {0, 1, Pooling::mean, 1}),
              AllOf(HasSubstr("embedding width 0"), HasSubstr("context 1")));
  std::swap(bert.pieces.front(), bert.pieces.back());
  EXPECT_THAT(refusal(vit, bert, {24, 16, Pooling::mean, 1}), HasSubstr("begin with [PAD]"));
}

}  // namespace
}  // namespace skyglot
