// SPDX-License-Identifier: Apache-2.0
// The blocks of a transformer with their weights packed for a CPU's products: no gradients, but
// speed.
#pragma once

#include "nn/frozen_matrix.hpp"
#include "nn/kernels.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// As BlockWeights of nn/transformer.hpp; the last block has q and kv apart, the others qkv.
struct FrozenBlock {
  std::vector<float> norm_1_gain, norm_1_shift, qkv_bias, out_bias;
  std::vector<float> norm_2_gain, norm_2_shift, fc1_bias, fc2_bias;
  FrozenMatrix q, kv, qkv, out, fc1, fc2;
};

struct FrozenBlocks {
  std::vector<FrozenBlock> blocks;
  std::int64_t width = 0;
  std::int64_t heads = 1;
  std::int64_t hidden = 0;
  kernels::Gelu activation = kernels::Gelu::exact;
  float norm_epsilon = 1e-5F;
  bool causal = false;
  bool post_norm = false;  ///< NormOrder::post
};

/// Sequences on their way through the blocks.
struct TokenRun {
  float* tokens = nullptr;  ///< sequences x length x width; overwritten by the result
  std::int64_t sequences = 0;
  std::int64_t length = 0;
  /// Where given, one token a sequence is carried through the last block: the first `sequences`
  /// rows of `tokens` become the result.
  const std::int64_t* pooled = nullptr;
  /// Where given, `sequences` numbers from 1 to `length`: what lies behind so many tokens of a
  /// sequence is seen by none.
  const std::int64_t* lengths = nullptr;
  float* keys = nullptr;  ///< where given, takes the last block's keys: sequences x length x width
  /// In the last block each token takes its own value in place of the attention's mixture; not
  /// together with `pooled`.
  bool own_values = false;
};

/// On all threads that may be used here. A token's values depend on its sequence alone: not on the
/// sequences beside it, nor on the number of threads.
void run_blocks(const FrozenBlocks& blocks, const TokenRun& run);

}  // namespace skyglot
