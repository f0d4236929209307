// SPDX-License-Identifier: Apache-2.0
// The one transformer that serves every tower: pre-norm blocks, forward for speed or for gradients.
#pragma once

#include "weights/model_config.hpp"

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace skyglot {

/// Weights of one block: x += out(attention(norm_1 x)); x += fc2(gelu(fc1(norm_2 x))).
struct BlockWeights {
  torch::Tensor norm_1_gain, norm_1_shift;  ///< D
  torch::Tensor qkv_weight, qkv_bias;       ///< 3D x D (rows q, k, v), 3D
  torch::Tensor out_weight, out_bias;       ///< D x D, D
  torch::Tensor norm_2_gain, norm_2_shift;  ///< D
  torch::Tensor fc1_weight, fc1_bias;       ///< M x D, M
  torch::Tensor fc2_weight, fc2_bias;       ///< D x M, D
};

struct Transformer {
  std::vector<BlockWeights> blocks;
  std::int64_t heads = 1;
  Activation activation = Activation::gelu;
  double norm_epsilon = 1e-5;
  bool causal = false;  ///< token i sees tokens 0..i
};

/// What a caller wants of the last block.
struct TransformerRequest {
  /// N indexes, int64: only these tokens, one a sequence, are carried through the last block.
  std::optional<torch::Tensor> pooled;
  bool keys = false;  ///< also the last block's keys
};

struct TransformerResult {
  torch::Tensor tokens;  ///< N x L x D, or N x D when pooled; before any final norm
  torch::Tensor keys;    ///< N x L x D, heads side by side; undefined unless asked for
};

/// `tokens` is N x L x D and may be overwritten. On a CPU without gradients this takes the fused
/// kernels, in float32 or, where the weights are bfloat16, with bfloat16 products and a float32
/// residual stream; elsewhere torch's operators in the type of the weights. Dosovitskiy et al.
/// 2021; Radford et al. 2021.
[[nodiscard]] TransformerResult run(const Transformer& transformer, torch::Tensor tokens,
                                    const TransformerRequest& request = {});

/// The fused way: float32 contiguous `tokens` on the CPU, which it overwrites.
[[nodiscard]] TransformerResult run_fused(const Transformer& transformer, torch::Tensor tokens,
                                          const TransformerRequest& request);
/// The way through torch's operators, which has gradients and runs on any device.
[[nodiscard]] TransformerResult run_operators(const Transformer& transformer, torch::Tensor tokens,
                                              const TransformerRequest& request);

}  // namespace skyglot
