// SPDX-License-Identifier: Apache-2.0
#include "nn/transformer.hpp"

#include "nn/frozen.hpp"

#include <cmath>
#include <limits>

namespace skyglot {
namespace {

torch::Tensor normalised(const torch::Tensor& x, const torch::Tensor& gain,
                         const torch::Tensor& shift, double epsilon) {
  return torch::layer_norm(x, {x.size(-1)}, gain, shift, epsilon);
}

torch::Tensor gelu(const torch::Tensor& x, Activation activation) {
  return activation == Activation::quick_gelu ? x * torch::sigmoid(1.702 * x) : torch::gelu(x);
}

torch::Tensor attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        bool causal) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(q, k, v, {}, 0.0, causal);
#else
  torch::Tensor scores =
      torch::matmul(q / std::sqrt(static_cast<double>(q.size(-1))), k.transpose(-2, -1));
  if (causal) {
    const auto future =
        torch::ones({q.size(-2), k.size(-2)}, q.options().dtype(torch::kBool)).triu(1);
    scores = scores.masked_fill(future, -std::numeric_limits<double>::infinity());
  }
  return torch::matmul(torch::softmax(scores, -1), v);
#endif
}

// N x L x D to N x heads x L x D / heads.
torch::Tensor split_heads(const torch::Tensor& x, std::int64_t heads) {
  return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

torch::Tensor one_token_each(const torch::Tensor& tokens, const torch::Tensor& index) {
  return tokens.index({torch::arange(tokens.size(0), index.options()), index});
}

}  // namespace

TransformerResult run_operators(const Transformer& transformer, torch::Tensor x,
                                const TransformerRequest& request) {
  TransformerResult result;
  for (const BlockWeights& block : transformer.blocks) {
    const auto normed =
        normalised(x, block.norm_1_gain, block.norm_1_shift, transformer.norm_epsilon);
    const auto qkv = torch::linear(normed, block.qkv_weight, block.qkv_bias).chunk(3, -1);
    const auto mixed =
        attention(split_heads(qkv[0], transformer.heads), split_heads(qkv[1], transformer.heads),
                  split_heads(qkv[2], transformer.heads), transformer.causal);
    x = x +
        torch::linear(mixed.transpose(1, 2).reshape(x.sizes()), block.out_weight, block.out_bias);
    const auto hidden = torch::linear(
        normalised(x, block.norm_2_gain, block.norm_2_shift, transformer.norm_epsilon),
        block.fc1_weight, block.fc1_bias);
    x = x + torch::linear(gelu(hidden, transformer.activation), block.fc2_weight, block.fc2_bias);
    result.keys = qkv[1];
  }
  if (!request.keys) result.keys = torch::Tensor();
  result.tokens = request.pooled ? one_token_each(x, *request.pooled) : x;
  return result;
}

void freeze(Transformer& transformer) {
  transformer.frozen = std::make_shared<const FrozenTransformer>(transformer);
  transformer.blocks.clear();
}

TransformerResult run(const Transformer& transformer, torch::Tensor tokens,
                      const TransformerRequest& request) {
  if (transformer.frozen == nullptr) return run_operators(transformer, tokens, request);
  const torch::NoGradGuard no_grad;
  return transformer.frozen->run(tokens.to(torch::kFloat32).contiguous(), request);
}

}  // namespace skyglot
