// SPDX-License-Identifier: Apache-2.0
// Frozen weights for those who hold tensors.
#pragma once

#include "nn/frozen_blocks.hpp"
#include "nn/product_choice.hpp"
#include "nn/transformer.hpp"

#include <torch/torch.h>

namespace skyglot {

/// A weight of outputs x inputs. bfloat16 is multiplied as such where the processor does that;
/// elsewhere its values are, in float32.
[[nodiscard]] FrozenMatrix freeze(const torch::Tensor& weight,
                                  const ProductChoice& products = product_choice());
/// rows * weight^T, float32: `rows` is N x inputs on the CPU.
[[nodiscard]] torch::Tensor multiply(const torch::Tensor& rows, const FrozenMatrix& weight);

class FrozenTransformer {
 public:
  explicit FrozenTransformer(const Transformer& transformer,
                             const ProductChoice& products = product_choice());

  /// Float32 contiguous `tokens` on the CPU, which it overwrites; see run_blocks().
  [[nodiscard]] TransformerResult run(torch::Tensor tokens,
                                      const TransformerRequest& request) const;

 private:
  FrozenBlocks blocks_;
};

}  // namespace skyglot
