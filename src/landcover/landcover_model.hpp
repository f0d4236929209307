// SPDX-License-Identifier: Apache-2.0
// All that draws land cover, as one folder.
#pragma once

#include "landcover/ground.hpp"
#include "landcover/land_classes.hpp"
#include "landcover/segmentation_head.hpp"
#include "landcover/tile_features.hpp"
#include <nlohmann/json.hpp>

#include <filesystem>

namespace skyglot {

struct LandcoverModel {
  PatchFeature features = PatchFeature::tokens;
  SegmentationHead head;
  LandClasses classes;
  int tile = 224;
  GroundLook look;                 ///< how imagery is shown to the backbone
  std::string weights_sha256{};    ///< of head and centres, as they were read
  nlohmann::ordered_json about{};  ///< how it was trained, for people
};

/// Layout: landcover.json (classes, colours, tile, look, about), landcover.safetensors (head and
/// centres), backbone/ (a model folder). The JSON is written last.
void save_landcover_model(const std::filesystem::path& folder, const LandcoverModel& model,
                          const StoredModel& backbone);

/// A folder's model with its backbone.
struct StoredLandcover {
  StoredModel backbone;
  LandcoverModel model;
};
/// Throws Error(input) where it is no such folder, Error(format) naming what is damaged.
[[nodiscard]] StoredLandcover load_landcover(const std::filesystem::path& folder);
/// Without the backbone.
[[nodiscard]] LandcoverModel load_landcover_model(const std::filesystem::path& folder);
/// Its backbone's model folder.
[[nodiscard]] std::filesystem::path backbone_folder(const std::filesystem::path& folder);

}  // namespace skyglot
