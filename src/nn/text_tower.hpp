// SPDX-License-Identifier: Apache-2.0
// The text tower: CLIP's, or BERT's with a projection.
#pragma once

#include "nn/blocks.hpp"
#include "nn/frozen.hpp"
#include "nn/parameters.hpp"

#include <cstdint>
#include <memory>

namespace skyglot {

/// Its weights by what they do.
struct TextWeights {
  Transformer transformer;
  torch::Tensor token_table;                        ///< V x W
  torch::Tensor positions;                          ///< context x W
  torch::Tensor first_norm_gain, first_norm_shift;  ///< undefined where there is none
  torch::Tensor last_norm_gain, last_norm_shift;    ///< likewise
  torch::Tensor projection;                         ///< E x W
  FrozenMatrix projection_factor;                   ///< frozen on a CPU
};

/// All calls are const and may be made from several threads at once.
class TextTower {
 public:
  /// Of a model that has one. Frozen, with weights of its own: on a CPU packed for its products.
  TextTower(const Parameters& parameters, const ComputeContext& context);
  /// Through libtorch's operators on the parameters as they are at each call, where they are then:
  /// with gradients.
  explicit TextTower(std::shared_ptr<const Parameters> parameters);

  /// `tokens` is N x context, int64 on the CPU; the result N x E float32. A text ends at the row of
  /// its largest id. Columns past the last end of the batch are not computed where nothing sees
  /// them. Frozen on a CPU, a vector depends on its text alone.
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& tokens) const;

  [[nodiscard]] const ModelConfig& config() const { return config_; }
  [[nodiscard]] torch::Device device() const;

 private:
  [[nodiscard]] std::shared_ptr<const TextWeights> weights() const;
  [[nodiscard]] const TextConfig& text() const { return *config_.text; }

  ModelConfig config_;
  std::shared_ptr<const Parameters> live_;  // null when frozen
  std::shared_ptr<const TextWeights> frozen_;
};

}  // namespace skyglot
