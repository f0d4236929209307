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

// What each query may see, L x L or N x 1 x 1 x L; undefined: everything.
torch::Tensor seen_keys(const torch::Tensor& x, bool causal, const TransformerRequest& request) {
  const std::int64_t length = x.size(1);
  const auto flags = x.options().dtype(torch::kBool).requires_grad(false);
  torch::Tensor seen;
  if (causal) seen = torch::ones({length, length}, flags).tril();
  if (!request.lengths) return seen;
  const torch::Tensor own = torch::arange(length, flags.dtype(torch::kInt64))
                                .lt(request.lengths->to(x.device()).view({-1, 1, 1, 1}));
  return seen.defined() ? seen.logical_and(own) : own;
}

torch::Tensor attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                        const torch::Tensor& seen) {
#if TORCH_VERSION_MAJOR >= 2
  std::optional<torch::Tensor> mask;
  if (seen.defined()) mask = seen;
  return at::scaled_dot_product_attention(q, k, v, mask);
#else
  torch::Tensor scores =
      torch::matmul(q / std::sqrt(static_cast<double>(q.size(-1))), k.transpose(-2, -1));
  if (seen.defined())
    scores = scores.masked_fill(seen.logical_not(), -std::numeric_limits<double>::infinity());
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
  const bool post = transformer.norm_order == NormOrder::post;
  const auto norm = [&](const torch::Tensor& gain, const torch::Tensor& shift, bool here) {
    return here ? normalised(x, gain, shift, transformer.norm_epsilon) : x;
  };
  const torch::Tensor seen = seen_keys(x, transformer.causal, request);
  TransformerResult result;
  for (const BlockWeights& block : transformer.blocks) {
    const auto qkv = torch::linear(norm(block.norm_1_gain, block.norm_1_shift, !post),
                                   block.qkv_weight, block.qkv_bias)
                         .chunk(3, -1);
    const bool alone = request.own_values && &block == &transformer.blocks.back();
    const auto mixed = alone ? qkv[2]
                             : attention(split_heads(qkv[0], transformer.heads),
                                         split_heads(qkv[1], transformer.heads),
                                         split_heads(qkv[2], transformer.heads), seen)
                                   .transpose(1, 2)
                                   .reshape(x.sizes());
    x = x + torch::linear(mixed, block.out_weight, block.out_bias);
    x = norm(block.norm_1_gain, block.norm_1_shift, post);
    const auto hidden = torch::linear(norm(block.norm_2_gain, block.norm_2_shift, !post),
                                      block.fc1_weight, block.fc1_bias);
    x = x + torch::linear(gelu(hidden, transformer.activation), block.fc2_weight, block.fc2_bias);
    x = norm(block.norm_2_gain, block.norm_2_shift, post);
    result.keys = qkv[1];
  }
  if (!request.keys) result.keys = torch::Tensor();
  result.tokens = request.pooled ? one_token_each(x, *request.pooled) : x;
  return result;
}

void freeze(Transformer& transformer, const ProductChoice& products) {
  transformer.frozen = std::make_shared<const FrozenTransformer>(transformer, products);
  transformer.blocks.clear();
}

TransformerResult run(const Transformer& transformer, torch::Tensor tokens,
                      const TransformerRequest& request) {
  if (transformer.frozen == nullptr) return run_operators(transformer, tokens, request);
  const torch::NoGradGuard no_grad;
  return transformer.frozen->run(tokens.to(torch::kFloat32).contiguous(), request);
}

}  // namespace skyglot
