// SPDX-License-Identifier: Apache-2.0
// The sizes of a model, read from the shapes of its tensors.
#pragma once

#include "weights/model_config.hpp"
#include "weights/tensor_names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Numbers of attention heads; a checkpoint does not carry them. Empty: from the table of
/// architectures, else width / 64.
struct HeadCounts {
  std::optional<std::int64_t> vision;
  std::optional<std::int64_t> text;
};

struct InferredModel {
  ModelConfig config;
  bool heads_guessed = false;  ///< width / 64, in no table
};

/// Sizes, architecture name, LayerNorm epsilon (1e-5 for clip, 1e-6 for vit) and GELU; activation
/// and preparation of pictures are left to the caller. Throws Error(format) naming `where` and the
/// tensor that is missing or misshapen, Error(usage) where the number of heads must be given.
[[nodiscard]] InferredModel infer_config(const NamedTensors& named, const HeadCounts& heads,
                                         const std::string& where);

/// The architectures that have a name, as complete configurations (see data/architectures.csv).
[[nodiscard]] const std::vector<ModelConfig>& named_architectures();
/// Throws Error(usage) that suggests the nearest name.
[[nodiscard]] const ModelConfig& named_architecture(const std::string& name);

}  // namespace skyglot
