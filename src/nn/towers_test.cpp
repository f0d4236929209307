// SPDX-License-Identifier: Apache-2.0
// Both ways of a tower against formulas written out: one sequence at a time, nothing packed.
#include "nn/image_tower.hpp"
#include "nn/lively_model.hpp"
#include "nn/small_clip.hpp"
#include "nn/tensor_testing.hpp"
#include "nn/text_tower.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace skyglot {
namespace {

using testing_support::lively_model;
using testing_support::small_clip;
using testing_support::small_vit;

struct BlockNames {
  std::string norm_1, qkv, out, norm_2, fc1, fc2;
};
const BlockNames kClip{"ln_1", "attn.in_proj_", "attn.out_proj.",
                       "ln_2", "mlp.c_fc.",     "mlp.c_proj."};
const BlockNames kVit{"norm1", "attn.qkv.", "attn.proj.", "norm2", "mlp.fc1.", "mlp.fc2."};

// A tower's formulas on tokens of one sequence, L x D.
class Plain {
 public:
  Plain(const Parameters& parameters, const TransformerConfig& config)
      : p_(parameters), t_(config) {}

  [[nodiscard]] torch::Tensor norm(const torch::Tensor& x, const std::string& name) const {
    const torch::Tensor off = x - x.mean(-1, true);
    return off / (off.square().mean(-1, true) + t_.layer_norm_epsilon).sqrt() *
               p_.at(name + ".weight") +
           p_.at(name + ".bias");
  }

  [[nodiscard]] torch::Tensor blocks(torch::Tensor x, const std::string& prefix, bool causal,
                                     const BlockNames& names) const {
    const bool post = t_.norm_order == NormOrder::post;
    for (std::int64_t i = 0; i < t_.layers; ++i) {
      const std::string block = prefix + std::to_string(i) + ".";
      const torch::Tensor in = post ? x : norm(x, block + names.norm_1);
      x = x + scaled(linear(attention(linear(in, block + names.qkv), causal), block + names.out),
                     block + "ls1.gamma");
      if (post) x = norm(x, block + names.norm_1);
      const torch::Tensor hidden =
          linear(post ? x : norm(x, block + names.norm_2), block + names.fc1);
      x = x + scaled(linear(activated(hidden), block + names.fc2), block + "ls2.gamma");
      if (post) x = norm(x, block + names.norm_2);
    }
    return x;
  }

 private:
  [[nodiscard]] torch::Tensor linear(const torch::Tensor& x, const std::string& name) const {
    return torch::matmul(x, p_.at(name + "weight").t()) + p_.at(name + "bias");
  }
  [[nodiscard]] torch::Tensor scaled(const torch::Tensor& x, const std::string& name) const {
    return p_.has(name) ? x * p_.at(name) : x;
  }
  [[nodiscard]] torch::Tensor activated(const torch::Tensor& x) const {
    return t_.activation == Activation::quick_gelu ? x / (1 + torch::exp(-1.702 * x))
                                                   : 0.5 * x * (1 + torch::erf(x / std::sqrt(2)));
  }
  [[nodiscard]] torch::Tensor attention(const torch::Tensor& qkv, bool causal) const {
    const std::int64_t width = t_.width / t_.heads;
    std::vector<torch::Tensor> heads;
    for (std::int64_t h = 0; h < t_.heads; ++h) {
      const auto part = [&](std::int64_t which) {
        return qkv.narrow(1, which * t_.width + h * width, width);
      };
      torch::Tensor weights =
          torch::exp(torch::matmul(part(0), part(1).t()) / std::sqrt(static_cast<double>(width)));
      if (causal) weights = weights.tril();
      heads.push_back(torch::matmul(weights / weights.sum(1, true), part(2)));
    }
    return torch::cat(heads, 1);
  }

  const Parameters& p_;
  const TransformerConfig& t_;
};

torch::Tensor plain_tokens(const Parameters& p, const torch::Tensor& pixels) {
  const VisionConfig& v = p.config().vision;
  const bool clip = p.config().kind == ModelKind::clip;
  const Plain plain(p, v.transformer);
  const std::string conv = clip ? "visual.conv1." : "patch_embed.proj.";
  const torch::Tensor patches =
      torch::conv2d(pixels.unsqueeze(0), p.at(conv + "weight"),
                    clip && !v.patch_bias ? torch::Tensor() : p.at(conv + "bias"), v.patch_size)
          .flatten(2)[0]
          .t();
  const torch::Tensor token = p.at(clip ? "visual.class_embedding" : "cls_token");
  torch::Tensor x =
      torch::cat({token.view({1, -1}), patches}) +
      p.at(clip ? "visual.positional_embedding" : "pos_embed").view({-1, v.transformer.width});
  if (v.register_tokens > 0)
    x = torch::cat({x.narrow(0, 0, 1), p.at("register_tokens")[0], x.narrow(0, 1, x.size(0) - 1)});
  if (clip && v.first_norm) x = plain.norm(x, "visual.ln_pre");
  x = plain.blocks(x, clip ? "visual.transformer.resblocks." : "blocks.", v.causal,
                   clip ? kClip : kVit);
  return plain.norm(x, clip ? "visual.ln_post" : "norm");
}

torch::Tensor plain_picture(const Parameters& p, const torch::Tensor& pixels) {
  const VisionConfig& v = p.config().vision;
  const torch::Tensor x = plain_tokens(p, pixels);
  const std::int64_t special = 1 + v.register_tokens;
  const torch::Tensor pooled =
      v.pooling == Pooling::cls ? x[0] : x.narrow(0, special, x.size(0) - special).mean(0);
  return p.config().kind == ModelKind::clip ? torch::matmul(pooled, p.at("visual.proj")) : pooled;
}

torch::Tensor plain_text(const Parameters& p, const torch::Tensor& tokens) {
  const TextConfig& t = *p.config().text;
  const Plain plain(p, t.transformer);
  const std::int64_t own = tokens.argmax(0).item<std::int64_t>() + 1;
  const std::int64_t length = t.sees_padding ? tokens.size(0) : own;
  torch::Tensor x = p.at("token_embedding.weight").index({tokens.narrow(0, 0, length)}) +
                    p.at("positional_embedding").narrow(0, 0, length);
  if (t.first_norm) x = plain.norm(x, "ln_embedding");
  x = plain.blocks(x, "transformer.resblocks.", t.causal, kClip);
  if (t.last_norm) x = plain.norm(x, "ln_final");
  torch::Tensor pooled = x[own - 1];
  if (t.pooling == TextPooling::first) pooled = x[0];
  if (t.pooling == TextPooling::mean) pooled = x.narrow(0, 0, own).mean(0);
  return torch::matmul(pooled, p.at("text_projection"));
}

struct TowerCase {
  const char* name;
  ModelConfig config;
};

template <typename Change>
ModelConfig changed(ModelConfig config, const Change& change) {
  change(config);
  return config;
}

std::string name_of(const testing::TestParamInfo<TowerCase>& info) {
  return info.param.name;
}

class ImageTowers : public testing::TestWithParam<TowerCase> {};

const std::vector<TowerCase> kImageCases{
    {"Clip", small_clip()},
    {"ClipMean", changed(small_clip(), [](auto& c) { c.vision.pooling = Pooling::mean; })},
    {"ClipCausal", changed(small_clip(),
                           [](auto& c) {
                             c.vision.causal = true;
                             c.vision.pooling = Pooling::mean;
                           })},
    {"ClipPost",
     changed(small_clip(), [](auto& c) { c.vision.transformer.norm_order = NormOrder::post; })},
    {"ClipGeluEpsilon", changed(small_clip(),
                                [](auto& c) {
                                  c.vision.transformer.activation = Activation::gelu;
                                  c.vision.transformer.layer_norm_epsilon = 0.1;
                                })},
    {"ClipFiveBands", changed(small_clip(),
                              [](auto& c) {
                                c.vision.bands = 5;
                                c.preprocess.mean = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F};
                                c.preprocess.std = {0.5F, 0.4F, 0.3F, 0.2F, 0.1F};
                              })},
    {"ClipFromVit", changed(small_clip(),
                            [](auto& c) {
                              c.vision.first_norm = false;
                              c.vision.patch_bias = true;
                              c.vision.pooling = Pooling::mean;
                            })},
    {"Vit", small_vit()},
    {"VitMeanRegistersScale", changed(small_vit(Pooling::mean), [](auto& c) {
       c.vision.register_tokens = 3;
       c.vision.layer_scale = true;
     })}};

TEST_P(ImageTowers, FrozenAndLiveFollowTheFormulas) {
  const torch::NoGradGuard no_grad;
  const auto parameters = std::make_shared<const Parameters>(lively_model(GetParam().config, 3));
  const ImageTower frozen(*parameters, ComputeContext({}));
  const ImageTower live(parameters);
  torch::manual_seed(5);
  const torch::Tensor pixels = torch::randn({3, GetParam().config.vision.bands, 32, 32});
  const torch::Tensor ours = frozen.embed(frozen.patches(pixels), {4, 4});
  const torch::Tensor theirs = live.embed(live.patches(pixels), {4, 4});
  const torch::Tensor tokens = frozen.features(frozen.patches(pixels), {4, 4}).tokens;
  const auto live_features = live.features(live.patches(pixels), {4, 4});
  for (std::int64_t i = 0; i < 3; ++i) {
    const torch::Tensor expected = plain_picture(*parameters, pixels[i]);
    EXPECT_GT(expected.abs().max().item<double>(), 0.1);
    EXPECT_LT(largest_difference(ours[i], expected), 2e-4) << i;
    EXPECT_LT(largest_difference(theirs[i], expected), 2e-4) << i;
    EXPECT_LT(largest_difference(tokens[i], plain_tokens(*parameters, pixels[i])), 5e-4) << i;
  }
  EXPECT_LT(largest_difference(live_features.tokens, tokens), 5e-4);
  EXPECT_LT(
      largest_difference(live_features.keys, frozen.features(frozen.patches(pixels), {4, 4}).keys),
      5e-4);
  const torch::Tensor own = live.features(live.patches(pixels), {4, 4}, true).tokens;
  EXPECT_LT(largest_difference(own, frozen.features(frozen.patches(pixels), {4, 4}, true).tokens),
            5e-4);
  EXPECT_GT(largest_difference(own, tokens), 1e-2);
}

INSTANTIATE_TEST_SUITE_P(Some, ImageTowers, testing::ValuesIn(kImageCases), name_of);

class TextTowers : public testing::TestWithParam<TowerCase> {};

ModelConfig texts_with(TextPooling pooling, bool causal, bool sees_padding,
                       NormOrder order = NormOrder::pre) {
  return changed(small_clip(), [&](ModelConfig& c) {
    c.text->pooling = pooling;
    c.text->causal = causal;
    c.text->sees_padding = sees_padding;
    c.text->transformer.norm_order = order;
  });
}

const std::vector<TowerCase> kTextCases{
    {"Clip", small_clip()},
    {"FirstSeesPadding", texts_with(TextPooling::first, false, true)},
    {"EndSeesPadding", texts_with(TextPooling::end, false, true)},
    {"First", texts_with(TextPooling::first, false, false)},
    {"CausalMean", texts_with(TextPooling::mean, true, false)},
    {"PostMean", texts_with(TextPooling::mean, false, false, NormOrder::post)},
    {"Bert", changed(texts_with(TextPooling::mean, false, false, NormOrder::post),
                     [](auto& c) {
                       c.text->first_norm = true;
                       c.text->last_norm = false;
                     })},
    {"CausalPost", texts_with(TextPooling::end, true, false, NormOrder::post)}};

torch::Tensor some_texts() {
  const torch::Tensor tokens = torch::zeros({4, 77}, torch::kInt64);
  const std::vector<std::vector<std::int64_t>> texts{{49406, 320, 1125, 49407},
                                                     {49406, 49407},
                                                     {49406, 5, 6, 7, 8, 9, 10, 11, 12, 49407},
                                                     {49406, 900, 901, 902, 903, 49407}};
  for (std::size_t i = 0; i < texts.size(); ++i)
    tokens[static_cast<std::int64_t>(i)]
        .narrow(0, 0, std::ssize(texts[i]))
        .copy_(torch::tensor(texts[i], torch::kInt64));
  return tokens;
}

TEST_P(TextTowers, FrozenAndLiveFollowTheFormulas) {
  const torch::NoGradGuard no_grad;
  const auto parameters = std::make_shared<const Parameters>(lively_model(GetParam().config, 3));
  const TextTower frozen(*parameters, ComputeContext({}));
  const torch::Tensor tokens = some_texts();
  const torch::Tensor ours = frozen.embed(tokens);
  const torch::Tensor theirs = TextTower(parameters).embed(tokens);
  for (std::int64_t i = 0; i < tokens.size(0); ++i) {
    const torch::Tensor expected = plain_text(*parameters, tokens[i]);
    EXPECT_GT(expected.abs().max().item<double>(), 0.1);
    EXPECT_LT(largest_difference(ours[i], expected), 2e-4) << i;
    EXPECT_LT(largest_difference(theirs[i], expected), 2e-4) << i;
    EXPECT_TRUE(frozen.embed(tokens.narrow(0, i, 1))[0].equal(ours[i])) << i << " has company";
  }
}

INSTANTIATE_TEST_SUITE_P(Some, TextTowers, testing::ValuesIn(kTextCases), name_of);

// The masked mean of whole batches, which gradients take.
TEST(TextTower, MeansHaveGradients) {
  auto parameters = std::make_shared<Parameters>(
      lively_model(texts_with(TextPooling::mean, false, false, NormOrder::post), 3));
  const torch::Tensor expected = [&] {
    const torch::NoGradGuard no_grad;
    return TextTower(parameters).embed(some_texts());
  }();
  parameters->require_gradients([](const std::string&) { return true; });
  const torch::Tensor rows = TextTower(parameters).embed(some_texts());
  EXPECT_LT(largest_difference(rows.detach(), expected), 1e-4);
  rows.square().sum().backward();
  for (const auto& [name, tensor] : parameters->entries()) {
    if (name.starts_with("visual.") || name == "logit_scale") continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_GT(tensor.grad().abs().max().item<double>(), 0) << name;
  }
}

// The derivative by one weight against the difference of two forward passes.
TEST(ImageTower, GradientsReachEveryTensor) {
  for (const auto& [which, config] : kImageCases) {
    auto parameters = std::make_shared<Parameters>(lively_model(config, 3));
    parameters->require_gradients([](const std::string&) { return true; });
    const ImageTower live(parameters);
    torch::manual_seed(5);
    const torch::Tensor pixels = torch::randn({2, config.vision.bands, 32, 32});
    const auto loss = [&] { return live.embed(live.patches(pixels), {4, 4}).square().sum(); };
    loss().backward();
    for (const auto& [name, tensor] : parameters->entries()) {
      if (config.kind == ModelKind::clip && !name.starts_with("visual.")) continue;
      ASSERT_TRUE(tensor.grad().defined()) << which << " " << name;
      EXPECT_GT(tensor.grad().abs().max().item<double>(), 0) << which << " " << name;
    }
    const bool clip = config.kind == ModelKind::clip;
    const torch::Tensor weight = parameters->at(
        clip ? "visual.transformer.resblocks.0.mlp.c_fc.bias" : "blocks.0.mlp.fc1.bias");
    const torch::NoGradGuard no_grad;
    const torch::Tensor slope = weight.grad();
    const torch::Tensor step = 1e-3 * slope / slope.norm();
    const double before = loss().item<double>();
    weight.add_(step);
    const double after = loss().item<double>();
    EXPECT_NEAR((after - before) / 1e-3, slope.norm().item<double>(),
                0.05 * slope.norm().item<double>())
        << which;
  }
}

TEST(ImageTower, LiveSeesChangesAndFrozenDoesNot) {
  const torch::NoGradGuard no_grad;
  auto parameters = std::make_shared<Parameters>(lively_model(small_clip(), 3));
  const ImageTower live(parameters);
  const ImageTower frozen(*parameters, ComputeContext({}));
  const torch::Tensor patches = live.patches(torch::ones({1, 3, 32, 32}));
  const torch::Tensor before = live.embed(patches, {4, 4});
  const torch::Tensor still = frozen.embed(patches, {4, 4});
  for (const char* name : {"visual.class_embedding", "visual.positional_embedding",
                           "visual.ln_post.bias", "visual.proj"})
    parameters->at(name).add_(0.5);
  EXPECT_GT(largest_difference(live.embed(patches, {4, 4}), before), 0.1);
  EXPECT_TRUE(frozen.embed(patches, {4, 4}).equal(still));
}

// What a GPU does with the bytes it gets, done where they are.
TEST(ImageTower, BytesAreNormalisedWhereTheyLie) {
  const torch::NoGradGuard no_grad;
  for (const std::int64_t bands : {1, 3, 4}) {
    ModelConfig config = small_clip();
    config.vision.bands = bands;
    config.preprocess.mean.assign(static_cast<std::size_t>(bands), 0.4F);
    config.preprocess.std.assign(static_cast<std::size_t>(bands), 0.2F);
    config.preprocess.mean[0] = 0.1F;
    const ImageTower tower(Parameters(lively_model(config, 3)), ComputeContext({}));
    Picture picture{24, 16, static_cast<int>(bands), {}};
    for (std::int64_t i = 0; i < 24 * 16 * bands; ++i)
      picture.pixels.push_back(static_cast<std::uint8_t>((i * 37 + i / 7) % 256));
    const std::vector<const Picture*> pictures{&picture, &picture};
    const torch::Tensor bytes = tower.bytes_of(pictures);
    EXPECT_EQ(bytes.scalar_type(), torch::kUInt8);
    const torch::Tensor cut = tower.patches(pictures);
    EXPECT_EQ(cut.sizes(), (std::vector<std::int64_t>{2, 6, bands * 64}));
    EXPECT_LT(largest_difference(tower.patches_of_bytes(bytes), cut), 1e-5) << bands;
    const double first = (picture.pixels[0] / 255.0 - 0.1) / static_cast<double>(0.2F);
    EXPECT_NEAR(cut[1][0][0].item<double>(), first, 1e-5);
  }
}

}  // namespace
}  // namespace skyglot
