// SPDX-License-Identifier: Apache-2.0
// A training as one TOML file: every number and file that decides what comes out.
#pragma once

#include "nn/compute.hpp"

#include "train/adamw.hpp"
#include "train/augment.hpp"
#include "train/contrastive.hpp"
#include "train/training_data.hpp"
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

struct EvaluatedSet {
  std::string benchmark;  ///< a built-in key or a manifest file
  std::vector<std::filesystem::path> images;
};

/// What is asked of the model while it is trained.
struct EvaluationPlan {
  std::int64_t every = 0;  ///< steps; 0: never
  std::int64_t patience =
      0;  ///< times in a row without a better mean, then it ends; 0: it never does
  std::vector<EvaluatedSet> sets;
};

/// Defaults are open_clip's where SkyCLIP (Wang et al. 2024) does not say another.
struct TrainingRecipe {
  std::filesystem::path model;  ///< model folder that the training begins with
  std::vector<TrainingSource> data;

  std::int64_t batch = 256;      ///< pictures of all processes together
  std::int64_t micro_batch = 0;  ///< pictures that go through with gradients at once; 0: the batch
  std::int64_t steps = 1000;
  std::int64_t warm_up = 100;  ///< steps
  double rate = 1e-5;
  AdamWOptions optimiser;
  double image_rate = 1;      ///< of the rate for the image tower but its projection
  double text_rate = 1;       ///< of the rate for the text tower but its projection
  double clip_gradients = 0;  ///< largest length of all gradients; 0: not clipped
  Repeats repeats = Repeats::negatives;
  double most_logit_scale = 100;  ///< the scale is kept within 1 and this
  bool lock_image = false;        ///< the image tower stays as it is
  bool lock_text = false;
  Precision precision = Precision::fp32;  ///< of products; weights and their moments are fp32
  Augmentation augmentation;
  std::uint64_t seed = 0;

  EvaluationPlan evaluation;
  std::int64_t checkpoint_every = 500;  ///< steps
  std::int64_t keep_checkpoints = 2;    ///< the newest ones

  /// Reports every problem at once; throws Error(usage).
  void validate() const;
};

/// Reads a recipe; relative paths are taken from `folder`. Throws Error(format) naming line and
/// key.
[[nodiscard]] TrainingRecipe parse_training_recipe(std::string_view toml, const std::string& name,
                                                   const std::filesystem::path& folder);

/// Everything that decides the result, but how often checkpoints are made.
[[nodiscard]] nlohmann::ordered_json recipe_json(const TrainingRecipe& recipe);

}  // namespace skyglot
