// SPDX-License-Identifier: Apache-2.0
// The one transformer that serves every tower, forward for speed or for gradients.
#pragma once

#include "weights/model_config.hpp"

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace skyglot {

/// Weights of one block. NormOrder::pre: x += out(attention(norm_1 x)); x += fc2(gelu(fc1(norm_2
/// x))). NormOrder::post: x = norm_1(x + out(attention x)); x = norm_2(x + fc2(gelu(fc1 x))).
struct BlockWeights {
  torch::Tensor norm_1_gain, norm_1_shift;  ///< D
  torch::Tensor qkv_weight, qkv_bias;       ///< 3D x D (rows q, k, v), 3D
  torch::Tensor out_weight, out_bias;       ///< D x D, D
  torch::Tensor norm_2_gain, norm_2_shift;  ///< D
  torch::Tensor fc1_weight, fc1_bias;       ///< M x D, M
  torch::Tensor fc2_weight, fc2_bias;       ///< D x M, D
};

class FrozenTransformer;
struct ProductChoice;

struct Transformer {
  std::vector<BlockWeights> blocks;  ///< empty when frozen
  std::int64_t heads = 1;
  Activation activation = Activation::gelu;
  double norm_epsilon = 1e-5;
  bool causal = false;  ///< token i sees tokens 0..i
  NormOrder norm_order = NormOrder::pre;
  /// Weights packed for a CPU, which copies share and nothing changes.
  std::shared_ptr<const FrozenTransformer> frozen{};
};

/// What a caller wants of the last block.
struct TransformerRequest {
  /// N indexes, int64: only these tokens, one a sequence, are carried through the last block.
  std::optional<torch::Tensor> pooled;
  bool keys = false;  ///< also the last block's keys
  /// N numbers from 1 to L, int64: what lies behind so many tokens of a sequence is seen by none.
  std::optional<torch::Tensor> lengths{};
  /// In the last block each token takes its own value alone in place of the attention's mixture.
  bool own_values = false;
};

struct TransformerResult {
  torch::Tensor tokens;  ///< N x L x D, or N x D when pooled; before any final norm
  torch::Tensor keys;    ///< N x L x D, heads side by side; undefined unless asked for
};

/// Packs the weights for a CPU without gradients and lets go of the tensors.
void freeze(Transformer& transformer, const ProductChoice& products);

/// `tokens` is N x L x D and may be overwritten. Frozen, this takes the fused kernels, in float32
/// or with bfloat16 products (nn/frozen.hpp); otherwise torch's operators in the type of the
/// weights. Dosovitskiy et al. 2021; Radford et al. 2021.
[[nodiscard]] TransformerResult run(const Transformer& transformer, torch::Tensor tokens,
                                    const TransformerRequest& request = {});

/// The way through torch's operators, which has gradients and runs on any device.
[[nodiscard]] TransformerResult run_operators(const Transformer& transformer, torch::Tensor tokens,
                                              const TransformerRequest& request);

}  // namespace skyglot
