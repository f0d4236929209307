// SPDX-License-Identifier: Apache-2.0
// A model on disk: model.safetensors with config.json, and vocabulary.txt of word pieces, in one
// folder.
#pragma once

#include "weights/model_config.hpp"
#include "weights/model_tensors.hpp"
#include "weights/tensor.hpp"

#include <filesystem>
#include <string>

namespace skyglot {

/// Weights under canonical names: open_clip's for clip (visual.conv1.weight,
/// transformer.resblocks.0.attn.in_proj_weight, ...), DINO's = timm's for vit
/// (patch_embed.proj.weight, blocks.0.attn.qkv.weight, ...). Every tensor the configuration calls
/// for is there in its shape (see model_tensors), as floats or as int8 rows with their scales;
/// heads may stand beside them.
struct StoredModel {
  ModelConfig config;
  TensorMap weights;
  std::string vocabulary{};  ///< of TokenScheme::word_pieces: a piece a line
};

/// The model that every command takes where none is named.
inline constexpr const char* kDefaultModel = "nano";

/// `folder` itself, or the model of that name that comes with skyglot (data/models) where there is
/// no such folder.
[[nodiscard]] std::filesystem::path model_folder_of(const std::filesystem::path& folder);

/// Reads a folder that `skyglot model import` wrote, or the model of that name that comes with
/// skyglot. The SHA-256 of the weights is checked against
/// the configuration when `verify`. Throws Error(input) if it is no such folder (naming the
/// remedy), Error(format) if a tensor is missing, surplus or misshapen.
[[nodiscard]] StoredModel load_model_folder(const std::filesystem::path& folder,
                                            bool verify = true);

/// Writes its files atomically, config.json last; fills its SHA-256s.
void save_model_folder(const std::filesystem::path& folder, StoredModel model);

}  // namespace skyglot
