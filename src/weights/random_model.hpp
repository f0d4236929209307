// SPDX-License-Identifier: Apache-2.0
// Models with random weights: where training from nothing starts, and what benchmarks and tests run
// on.
#pragma once

#include "weights/model_folder.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// The values a tensor begins with.
[[nodiscard]] std::vector<float> drawn(const ModelTensor& tensor, std::uint64_t seed);

/// Every tensor as model_tensors() lets it begin: the same configuration and seed give the same
/// weights.
[[nodiscard]] StoredModel random_model(const ModelConfig& config, std::uint64_t seed);

}  // namespace skyglot
