// SPDX-License-Identifier: Apache-2.0
// What a frozen backbone makes of tiles, computed once and kept on disk in half precision.
#pragma once

#include "base/row_source.hpp"
#include "nn/encoder.hpp"

#include "landcover/ground.hpp"
#include "landcover/tiles.hpp"
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// Which of the backbone's outputs are features.
enum class PatchFeature {
  tokens,  ///< patches after the last norm
  keys,    ///< of the last block, heads side by side
  values,  ///< patches after the last norm, the last block's attention left out
  colour   ///< no backbone: mean and deviation of the bands, and of steps to the next pixel
};
[[nodiscard]] std::string to_string(PatchFeature kind);
/// Throws Error(usage) naming the words there are.
[[nodiscard]] PatchFeature parse_feature_kind(const std::string& word);
/// What is taken where nothing is said: tokens of a ViT that learned from pictures alone, as STEGO
/// does with DINO; values of a CLIP's tower, whose last attention gathers the picture as a whole.
[[nodiscard]] PatchFeature usual_features(const ModelConfig& backbone);

/// Values of a patch's vector.
[[nodiscard]] std::int64_t feature_depth(PatchFeature kind, const ModelConfig& backbone);

/// A grid of patches for each picture.
[[nodiscard]] std::vector<FeatureGrid> features_of(const ImageEncoder& backbone, PatchFeature kind,
                                                   std::span<const Picture> pictures);

/// Whether at least half of each patch's pixels are valid: a byte a patch.
[[nodiscard]] std::vector<std::uint8_t> valid_patches(const ShownGround& tile, int patch);

/// Features of tiles by number.
struct TileFeatures {
  std::vector<GroundTile> tiles;
  std::int64_t grid = 0;   ///< patches a side
  std::int64_t depth = 0;  ///< of a patch's vector
  /// A row a tile: grid * grid vectors, then for each patch 1 where it holds data, else 0.
  RowSource rows;
};

struct FeatureRequest {
  TileLayout layout;
  PatchFeature kind = PatchFeature::tokens;
  double least_valid = 0.25;    ///< tiles of which less holds data are left out
  std::filesystem::path cache;  ///< folder that keeps the features
};

/// Computes what the cache lacks. The same weights, imagery and settings find their features there
/// again, also those that an interrupted run left. Throws Error(input) where nothing holds data.
[[nodiscard]] TileFeatures tile_features(const Ground& ground, const ImageEncoder& backbone,
                                         const FeatureRequest& request);

/// The mean of each tile's valid vectors, of unit length.
[[nodiscard]] Matrix tile_descriptors(const TileFeatures& features);

/// Patches of ground, and the vectors that each tile over them has for them.
struct PatchSample {
  Matrix vectors;
  std::vector<std::int64_t> cell;  ///< of each vector, from 0
  std::vector<float> weight;  ///< most in the middle of a tile, where the backbone sees most around
  std::vector<GroundTile> places;  ///< of each cell

  [[nodiscard]] std::int64_t cells() const { return std::ssize(places); }
};

/// Valid patches, about `most` of them, spread over all scenes.
[[nodiscard]] PatchSample sampled_patches(const TileFeatures& features, std::int64_t most);

/// The mean of `codes` (a row for each of the sample's vectors) over each patch, of unit length.
[[nodiscard]] Matrix blended_codes(const PatchSample& sample, const Matrix& codes);

}  // namespace skyglot
