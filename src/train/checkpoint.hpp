// SPDX-License-Identifier: Apache-2.0
// A training at one step, whole in one file.
#pragma once

#include "nn/parameters.hpp"

#include "train/adamw.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skyglot {

struct TrainingState {
  std::int64_t step = 0;  ///< steps that are done
  std::string recipe;     ///< what decides the result: recipe_json() as text
  std::string data;       ///< see TrainingData::resume()
};

/// Writes FOLDER/00000042.safetensors (parameters, moments, state), whole or not at all, then
/// removes all but the `keep` newest. Throws Error(io) or Error(resource); older ones then stay.
void save_checkpoint(const std::filesystem::path& folder, const Parameters& parameters,
                     const AdamW& optimiser, const TrainingState& state, std::int64_t keep);

/// The newest checkpoint's path; nothing where there is none.
[[nodiscard]] std::optional<std::filesystem::path> newest_checkpoint(
    const std::filesystem::path& folder);

/// Puts parameters and moments back, in place. Throws Error(format) naming what is missing or
/// misshapen, Error(input) where the checkpoint is of another recipe, naming what differs.
[[nodiscard]] TrainingState load_checkpoint(const std::filesystem::path& path,
                                            const Parameters& parameters, AdamW& optimiser,
                                            const std::string& recipe);

}  // namespace skyglot
