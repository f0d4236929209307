// SPDX-License-Identifier: Apache-2.0
#include "nn/frozen.hpp"

#include "base/error.hpp"

namespace skyglot {
namespace {

const ProductKernel& kernel_for(const torch::Tensor& weight, const ProductChoice& choice) {
  const bool narrow = weight.scalar_type() == torch::kBFloat16 && choice.bfloat16 != nullptr;
  return narrow ? *choice.bfloat16 : *choice.floats;
}

std::vector<float> floats_of(const torch::Tensor& vector) {
  const torch::Tensor values = vector.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

FrozenBlock frozen_block(const BlockWeights& b, bool last, const ProductChoice& products) {
  FrozenBlock block;
  block.norm_1_gain = floats_of(b.norm_1_gain);
  block.norm_1_shift = floats_of(b.norm_1_shift);
  block.qkv_bias = floats_of(b.qkv_bias);
  block.out_bias = floats_of(b.out_bias);
  block.norm_2_gain = floats_of(b.norm_2_gain);
  block.norm_2_shift = floats_of(b.norm_2_shift);
  block.fc1_bias = floats_of(b.fc1_bias);
  block.fc2_bias = floats_of(b.fc2_bias);
  const std::int64_t width = b.out_bias.size(0);
  if (last) {
    block.q = freeze(b.qkv_weight.narrow(0, 0, width), products);
    block.kv = freeze(b.qkv_weight.narrow(0, width, 2 * width), products);
  } else {
    block.qkv = freeze(b.qkv_weight, products);
  }
  block.out = freeze(b.out_weight, products);
  block.fc1 = freeze(b.fc1_weight, products);
  block.fc2 = freeze(b.fc2_weight, products);
  return block;
}

// The numbers where they lie in `kept`; null where there are none.
const std::int64_t* numbers_of(const std::optional<torch::Tensor>& numbers, torch::Tensor& kept) {
  if (!numbers) return nullptr;
  kept = numbers->to(torch::kCPU, torch::kInt64).contiguous();
  return kept.data_ptr<std::int64_t>();
}

}  // namespace

FrozenMatrix freeze(const torch::Tensor& weight, const ProductChoice& products) {
  const torch::Tensor values = weight.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  return {{values.data_ptr<float>(), values.size(0), values.size(1), values.size(1), 1},
          kernel_for(weight, products)};
}

torch::Tensor multiply(const torch::Tensor& rows, const FrozenMatrix& weight) {
  expect(rows.dim() == 2 && rows.size(1) == weight.inputs(), "rows of another length");
  const bool narrow = weight.takes_bfloat16();
  torch::Tensor factor = rows.to(narrow ? torch::kBFloat16 : torch::kFloat32);
  // Pairs of bfloat16 need an even stride.
  if (narrow && factor.size(1) % 2 == 1) factor = torch::constant_pad_nd(factor, {0, 1});
  factor = factor.contiguous();
  const torch::Tensor out = torch::empty({rows.size(0), weight.outputs()});
  Product product;
  product.a = factor.data_ptr();
  product.a_stride = factor.size(1);
  product.rows = rows.size(0);
  product.out = out.data_ptr<float>();
  product.out_stride = weight.outputs();
  weight.multiply(product);
  return out;
}

FrozenTransformer::FrozenTransformer(const Transformer& transformer,
                                     const ProductChoice& products) {
  expect(!transformer.blocks.empty(), "a transformer without blocks");
  const bool quick = transformer.activation == Activation::quick_gelu;
  blocks_.width = transformer.blocks.front().out_bias.size(0);
  blocks_.hidden = transformer.blocks.front().fc1_bias.size(0);
  blocks_.heads = transformer.heads;
  blocks_.activation = quick ? kernels::Gelu::quick : kernels::Gelu::exact;
  blocks_.norm_epsilon = static_cast<float>(transformer.norm_epsilon);
  blocks_.causal = transformer.causal;
  blocks_.post_norm = transformer.norm_order == NormOrder::post;
  for (const BlockWeights& block : transformer.blocks)
    blocks_.blocks.push_back(frozen_block(block, &block == &transformer.blocks.back(), products));
}

TransformerResult FrozenTransformer::run(torch::Tensor tokens,
                                         const TransformerRequest& request) const {
  expect(tokens.is_contiguous() && tokens.scalar_type() == torch::kFloat32, "frozen tokens");
  TokenRun run;
  run.tokens = tokens.data_ptr<float>();
  run.sequences = tokens.size(0);
  run.length = tokens.size(1);
  torch::Tensor pooled, lengths;
  run.pooled = numbers_of(request.pooled, pooled);
  run.lengths = numbers_of(request.lengths, lengths);
  TransformerResult result;
  run.own_values = request.own_values;
  if (request.keys) {
    result.keys = torch::empty(tokens.sizes());
    run.keys = result.keys.data_ptr<float>();
  }
  run_blocks(blocks_, run);
  result.tokens = tokens;
  if (request.pooled)
    result.tokens =
        tokens.view({run.sequences * run.length, tokens.size(2)}).narrow(0, 0, run.sequences);
  return result;
}

}  // namespace skyglot
