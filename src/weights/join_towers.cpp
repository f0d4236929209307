// SPDX-License-Identifier: Apache-2.0
#include "weights/join_towers.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "weights/random_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

constexpr std::int64_t kLeastContext = 8;

void check_image(const StoredModel& image) {
  const VisionConfig& v = image.config.vision;
  if (image.config.kind != ModelKind::vit || v.layer_scale || v.register_tokens > 0)
    fail(ErrorKind::input,
         "{}: only a plain ViT (one image tower, no scaled layers, no registers) can be joined",
         image.config.source);
}

void check_text(const BertEncoder& text, const JoinOptions& options) {
  if (text.pieces.empty() || text.pieces.front() != "[PAD]" || text.pieces.back() != "[SEP]")
    fail(ErrorKind::input, "the text encoder's pieces must begin with [PAD] and end with [SEP]");
  const std::int64_t positions = text.weights.at("positional_embedding").shape[0];
  if (positions < options.context_length)
    fail(ErrorKind::input, "the text encoder has {} positions, a context of {} was asked for",
         positions, options.context_length);
}

ModelConfig joined_config(const StoredModel& image, const BertEncoder& text,
                          const JoinOptions& options) {
  ModelConfig config = image.config;
  config.kind = ModelKind::clip;
  config.architecture = "custom";
  config.embedding_width = options.embedding_width;
  config.vision.pooling = options.pooling;
  config.vision.first_norm = false;
  config.vision.patch_bias = true;
  TextConfig t;
  t.transformer = text.transformer;
  t.context_length = options.context_length;
  t.vocabulary = std::ssize(text.pieces);
  t.pooling = TextPooling::mean;
  t.causal = false;
  t.first_norm = true;
  t.last_norm = false;
  t.tokens = TokenScheme::word_pieces;
  config.text = t;
  return config;
}

// The other name of a ViT's tensor in a clip's image tower.
std::string clip_name(std::string name) {
  constexpr std::array<std::pair<const char*, const char*>, 12> kNames{
      {{"patch_embed.proj.", "visual.conv1."},
       {"cls_token", "visual.class_embedding"},
       {"pos_embed", "visual.positional_embedding"},
       {"blocks.", "visual.transformer.resblocks."},
       {".norm1.", ".ln_1."},
       {".norm2.", ".ln_2."},
       {".attn.qkv.", ".attn.in_proj_"},
       {".attn.proj.", ".attn.out_proj."},
       {".mlp.fc1.", ".mlp.c_fc."},
       {".mlp.fc2.", ".mlp.c_proj."},
       {"norm.weight", "visual.ln_post.weight"},
       {"norm.bias", "visual.ln_post.bias"}}};
  for (const auto& [from, to] : kNames) {
    const bool whole = std::string_view(from).starts_with("norm.");
    if (whole ? name == from : name.find(from) != std::string::npos)
      name = replace_all(name, from, to);
  }
  return name;
}

std::string text_of(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += piece + "\n";
  return text;
}

std::vector<float> first(const TensorView& tensor, std::size_t count) {
  std::vector<float> values = to_floats(tensor);
  values.resize(std::min(count, values.size()));
  return values;
}

}  // namespace

void JoinOptions::validate() const {
  std::vector<std::string> problems;
  if (embedding_width < 1 || embedding_width > kMostWidth)
    problems.push_back(fmt::format("embedding width {} (1 to {})", embedding_width, kMostWidth));
  if (context_length < kLeastContext)
    problems.push_back(fmt::format("context {} (at least {})", context_length, kLeastContext));
  if (!problems.empty()) fail(ErrorKind::usage, "joining towers: {}", join(problems, "; "));
}

StoredModel join_towers(const StoredModel& image, const BertEncoder& text,
                        const JoinOptions& options) {
  options.validate();
  check_image(image);
  check_text(text, options);
  StoredModel model{joined_config(image, text, options), {}, text_of(text.pieces)};
  TensorMap known;
  for (const auto& [name, tensor] : image.weights)
    known[clip_name(name)] = make_tensor(stored_floats(image.weights, name), tensor.shape);
  known.insert(text.weights.begin(), text.weights.end());
  for (const ModelTensor& tensor : model_tensors(model.config)) {
    const auto found = known.find(tensor.name);
    const std::vector<float> values =
        found == known.end()
            ? drawn(tensor, options.seed)
            : first(found->second, byte_count(ElementType::u8, tensor.shape, tensor.name));
    model.weights[tensor.name] = make_tensor(values, tensor.shape);
  }
  return model;
}

}  // namespace skyglot
