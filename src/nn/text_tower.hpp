// SPDX-License-Identifier: Apache-2.0
// CLIP's text tower.
#pragma once

#include "nn/blocks.hpp"
#include "nn/frozen.hpp"
#include "weights/model_folder.hpp"

#include <cstdint>
#include <span>

namespace skyglot {

class TextTower {
 public:
  TextTower(const StoredModel& model, const ComputeOptions& options);

  /// `tokens` is N x context, int64 on the CPU; the result N x E, from the row of the largest id.
  /// Columns past the last end token of the batch are not computed: the mask is causal, nothing
  /// sees them.
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& tokens) const;

 private:
  double norm_epsilon_;
  Transformer transformer_;
  torch::Tensor token_table_;  // V x W
  torch::Tensor positions_;    // context x W
  torch::Tensor norm_gain_, norm_shift_;
  torch::Tensor projection_;        // E x W
  FrozenMatrix projection_factor_;  // on a CPU
};

}  // namespace skyglot
