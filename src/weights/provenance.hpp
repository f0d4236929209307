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
#include <vector>

namespace skyglot {

/// A fact with the words that name its source ("config.json beside the file").
template <typename T>
struct Sourced {
  T value;
  std::string source;
};

/// How pictures become square; sides as in PreprocessConfig, 0 where nothing is said.
struct Framing {
  ResizeMode resize = ResizeMode::shortest;
  std::int64_t side = 0;
  std::int64_t resize_side = 0;
  CropCentre crop_centre = CropCentre::rounded;
};

/// What a configuration says of one tower.
struct TowerFacts {
  std::optional<Sourced<std::int64_t>> heads;
  std::optional<double> layer_norm_epsilon;
};

/// A setting that skyglot does not follow, and the option of `model import` that settles it
/// (empty: none does).
struct Unsupported {
  std::string option;
  std::string message;
};

struct Provenance {
  std::optional<Sourced<Activation>> activation;
  std::optional<Activation> text_activation;  ///< where it is another
  std::optional<Sourced<Normalisation>> normalisation;
  std::optional<Sourced<Framing>> framing;
  std::optional<Sourced<Interpolation>> interpolation;
  TowerFacts vision;
  TowerFacts text;
  std::optional<Pooling> pooling;
  std::optional<TextPooling> text_pooling;
  bool text_sees_all = false;  ///< no causal mask
  std::vector<Unsupported> unsupported;
  std::string catalogue_name;
  std::string architecture;  ///< that the catalogue gives
  std::string licence;
};

/// Looks, in this order, at the catalogue (by hash or unmistakable name), at config.json,
/// open_clip_config.json and preprocessor_config.json beside a file of the names their makers use,
/// at the file's own metadata, and at the classes of a TorchScript archive (OpenAI's CLIP has
/// QuickGELU among them). Throws Error(format) for a damaged configuration, Error(usage) for a
/// model folder of ours.
[[nodiscard]] Provenance find_provenance(const std::filesystem::path& file,
                                         const std::string& sha256, const Checkpoint& checkpoint);

}  // namespace skyglot
