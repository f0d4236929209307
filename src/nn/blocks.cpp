// SPDX-License-Identifier: Apache-2.0
#include "nn/blocks.hpp"

namespace skyglot {
namespace {

struct BlockNames {
  const char *norm_1, *qkv_weight, *qkv_bias, *out, *norm_2, *fc1, *fc2;
};
constexpr BlockNames kClipNames{
    "ln_1",     "attn.in_proj_weight", "attn.in_proj_bias", "attn.out_proj", "ln_2",
    "mlp.c_fc", "mlp.c_proj"};
constexpr BlockNames kVitNames{"norm1", "attn.qkv.weight", "attn.qkv.bias", "attn.proj",
                               "norm2", "mlp.fc1",         "mlp.fc2"};

BlockWeights load_block(const WeightSource& weights, const std::string& prefix,
                        const BlockNames& names) {
  const auto vector = [&](const std::string& name) { return weights.vector(prefix + name); };
  const auto matrix = [&](const std::string& name) { return weights.matrix(prefix + name); };
  const auto norm_1 = std::string(names.norm_1), norm_2 = std::string(names.norm_2);
  const auto out = std::string(names.out), fc1 = std::string(names.fc1);
  const auto fc2 = std::string(names.fc2);
  return {vector(norm_1 + ".weight"), vector(norm_1 + ".bias"), matrix(names.qkv_weight),
          vector(names.qkv_bias),     matrix(out + ".weight"),  vector(out + ".bias"),
          vector(norm_2 + ".weight"), vector(norm_2 + ".bias"), matrix(fc1 + ".weight"),
          vector(fc1 + ".bias"),      matrix(fc2 + ".weight"),  vector(fc2 + ".bias")};
}

Transformer load_blocks(const WeightSource& weights, const std::string& prefix,
                        const TransformerConfig& config, const BlockNames& names) {
  Transformer transformer;
  transformer.heads = config.heads;
  transformer.activation = config.activation;
  transformer.norm_epsilon = config.layer_norm_epsilon;
  transformer.norm_order = config.norm_order;
  for (std::int64_t i = 0; i < config.layers; ++i)
    transformer.blocks.push_back(load_block(weights, prefix + std::to_string(i) + ".", names));
  return transformer;
}

void scale_product(const WeightSource& weights, const torch::Tensor& gamma, torch::Tensor& weight,
                   torch::Tensor& bias) {
  weight = weights.scaled_matrix(weight, gamma);
  bias = weights.scaled_vector(bias, gamma);
}

}  // namespace

Transformer load_clip_blocks(const WeightSource& weights, const std::string& prefix,
                             const TransformerConfig& config) {
  return load_blocks(weights, prefix, config, kClipNames);
}

Transformer load_vit_blocks(const WeightSource& weights, const std::string& prefix,
                            const TransformerConfig& config) {
  Transformer transformer = load_blocks(weights, prefix, config, kVitNames);
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const std::string block = prefix + std::to_string(i) + ".";
    if (!weights.has(block + "ls1.gamma")) continue;
    auto& b = transformer.blocks[static_cast<std::size_t>(i)];
    scale_product(weights, weights.vector(block + "ls1.gamma"), b.out_weight, b.out_bias);
    scale_product(weights, weights.vector(block + "ls2.gamma"), b.fc2_weight, b.fc2_bias);
  }
  return transformer;
}

}  // namespace skyglot
