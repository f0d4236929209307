// SPDX-License-Identifier: Apache-2.0
// Where the weights of a transformer stand in a model folder.
#pragma once

#include "nn/tensors.hpp"
#include "nn/transformer.hpp"

#include <string>

namespace skyglot {

/// With all settings of the configuration; the caller says whether the tower is causal. open_clip's
/// names, e.g. prefix "visual.transformer.resblocks.".
[[nodiscard]] Transformer load_clip_blocks(const WeightSource& weights, const std::string& prefix,
                                           const TransformerConfig& config);
/// DINO's and timm's names, prefix "blocks.". Layer scale, where there is one, is multiplied into
/// the products it follows.
[[nodiscard]] Transformer load_vit_blocks(const WeightSource& weights, const std::string& prefix,
                                          const TransformerConfig& config);

}  // namespace skyglot
