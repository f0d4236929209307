// SPDX-License-Identifier: Apache-2.0
// What a logistic regression leaves: weights and biases, computed with, written and read.
#pragma once

#include "base/matrix.hpp"
#include "weights/safetensors.hpp"

#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// A linear stage in the space of the embeddings, principal components and all folded in.
struct LinearStage {
  Matrix weights;           ///< one row for "visible"; one a level, or one alone if ordinal
  std::vector<float> bias;  ///< one; one a level, or minus the thresholds if ordinal
};

enum class StageKind { binary, multinomial, ordinal };

/// Of each class, from the inner products `along` with the weights of a stage: the logistic
/// function (not visible, visible), the softmax, or ordinal_probabilities().
[[nodiscard]] std::vector<double> probabilities_of(StageKind kind, std::span<const float> along,
                                                   std::span<const float> bias);

/// As tensors `prefix`weight and `prefix`bias.
[[nodiscard]] TensorMap stage_tensors(const std::string& prefix, const LinearStage& stage);
/// What stage_tensors() wrote. Throws Error(format): `where`, the tensor that is missing or
/// misshapen, and the command that writes the file anew. How many rows and biases belong together
/// is for the caller to say.
[[nodiscard]] LinearStage read_stage(const Safetensors& file, const std::string& prefix,
                                     const std::string& where, const std::string& command);
[[nodiscard]] bool is_finite(const LinearStage& stage);

}  // namespace skyglot
