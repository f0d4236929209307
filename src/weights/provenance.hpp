// SPDX-License-Identifier: Apache-2.0
// What is known of a checkpoint beyond its weights, and who says so.
#pragma once

#include "weights/checkpoint.hpp"
#include "weights/model_config.hpp"
#include "weights/normalisation.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skyglot {

/// A fact with the words that name its source ("config.json beside the file").
template <typename T>
struct Sourced {
  T value;
  std::string source;
};

struct Provenance {
  std::optional<Sourced<Activation>> activation;
  std::optional<Sourced<Normalisation>> normalisation;
  std::optional<Sourced<ResizeMode>> resize;
  std::optional<double> layer_norm_epsilon;
  std::optional<std::int64_t> vision_heads;
  std::optional<std::int64_t> text_heads;
  std::string catalogue_name;
  std::string architecture;  ///< that the catalogue gives
  std::string licence;
};

/// Looks, in this order, at the catalogue (by hash or unmistakable name), at config.json,
/// open_clip_config.json and preprocessor_config.json beside a file of the names their makers use,
/// at the file's own metadata, and at the container (TorchScript archives are OpenAI's: QuickGELU).
/// Throws Error(format) for a damaged or an unsupported configuration, Error(usage) for a model
/// folder of ours.
[[nodiscard]] Provenance find_provenance(const std::filesystem::path& file,
                                         const std::string& sha256, const Checkpoint& checkpoint);

}  // namespace skyglot
