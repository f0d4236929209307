// SPDX-License-Identifier: Apache-2.0
// The configurations that transformers, timm and open_clip put beside their weights.
#pragma once

#include "weights/provenance.hpp"

#include <nlohmann/json_fwd.hpp>

namespace skyglot {

/// config.json of transformers (CLIPModel in two halves, ViT and Dinov2 in one) and
/// preprocessor_config.json, which may be null. Facts that stand already are kept.
void read_transformers(Provenance& facts, const nlohmann::json& config,
                       const nlohmann::json& preprocessor);
/// "pretrained_cfg" of timm's config.json.
void read_timm(Provenance& facts, const nlohmann::json& pretrained);
/// open_clip_config.json.
void read_open_clip(Provenance& facts, const nlohmann::json& config);

}  // namespace skyglot
