// SPDX-License-Identifier: Apache-2.0
// Models with random weights: where training from nothing starts, and what benchmarks and tests run
// on.
#pragma once

#include "weights/model_folder.hpp"

#include <cstdint>
#include <string>

namespace skyglot {

/// Weights drawn as CLIP draws them (Radford et al. 2021, initialize_parameters): the same
/// configuration and seed give the same weights.
[[nodiscard]] StoredModel random_model(const ModelConfig& config, std::uint64_t seed);

}  // namespace skyglot
