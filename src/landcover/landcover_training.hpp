// SPDX-License-Identifier: Apache-2.0
// From a folder of unlabelled imagery to a model that draws land cover.
#pragma once

#include "landcover/head_training.hpp"
#include "landcover/landcover_model.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// What classes are made from.
enum class LandcoverMethod {
  stego,     ///< the codes of a trained head
  features,  ///< the backbone's features as they are (a baseline)
  colour     ///< colour and texture of patches (a baseline)
};
[[nodiscard]] std::string to_string(LandcoverMethod method);
/// Throws Error(usage) naming the words there are.
[[nodiscard]] LandcoverMethod parse_landcover_method(const std::string& word);

struct LandcoverRecipe {
  LandcoverMethod method = LandcoverMethod::stego;
  GroundLook look;
  TileLayout layout;
  PatchFeature features = PatchFeature::tokens;
  /// Published settings by name; empty: the default ones, with shifts tuned to the backbone's
  /// features.
  std::string preset{};
  HeadTraining training;
  ClusteringOptions clustering;
  bool use_probe = false;        ///< classes by the cluster probe, one centre a class, as published
  int seeds = 1;                 ///< heads that are trained; the one most like the others is taken
  std::filesystem::path head{};  ///< a model of land cover whose head is taken as it is
  std::filesystem::path cache;   ///< folder for features

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// One head of several.
struct SeedOutcome {
  std::uint64_t seed = 0;
  std::vector<EpochFigures> epochs;
  /// Share of sampled patches that its classes put as the other seeds' do (best pairing), the mean
  /// over them; 1 for a single seed.
  double agreement = 1;
  std::optional<std::string> collapse;  ///< why it is of no use
};

struct LandcoverTraining {
  LandcoverModel model;
  std::int64_t tiles = 0;
  std::int64_t patches = 0;    ///< that classes were made from
  double feature_seconds = 0;  ///< to compute features or to find them in the cache
  FeatureAgreement agreement;
  StegoSettings stego;  ///< as used
  std::vector<SeedOutcome> seeds;
  std::size_t chosen = 0;
  std::vector<double> shares;           ///< of the patches, a class each
  std::optional<std::string> collapse;  ///< of the classes or the chosen head
};

/// Throws Error where imagery, tiles or neighbours do not suffice.
[[nodiscard]] LandcoverTraining train_landcover(const Ground& ground, const ImageEncoder& backbone,
                                                const LandcoverRecipe& recipe);

}  // namespace skyglot
