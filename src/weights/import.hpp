// SPDX-License-Identifier: Apache-2.0
// A checkpoint of the field becomes a model of ours: names, shapes, activation, normalisation.
#pragma once

#include "weights/architecture.hpp"
#include "weights/checkpoint.hpp"
#include "weights/model_folder.hpp"
#include "weights/normalisation.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skyglot {

struct ModelImportOptions {
  std::string take;    ///< dictionary of the checkpoint ("teacher")
  std::string prefix;  ///< of the tower among several
  std::optional<Activation> activation;
  std::optional<Normalisation> normalisation;
  HeadCounts heads;
  std::optional<Pooling> pooling;
  std::optional<ResizeMode> resize;
  std::optional<std::int64_t> side;         ///< of the pictures the tower is given
  std::optional<std::int64_t> resize_side;  ///< that `resize` makes, before the centre is cropped
  std::optional<Interpolation> interpolation;
  std::vector<std::string> ignore;  ///< tensors to leave aside; a beginning ends in *
};

struct ImportResult {
  StoredModel model;  ///< float32; complete only if nothing is missing
  std::string chosen;
  std::string container;
  std::string names;  ///< which family of names it had
  std::string prefix;
  std::string heads_source;
  std::string activation_source;
  std::string normalisation_source;
  std::string resize_source;
  std::vector<std::pair<std::string, std::string>> matched;  ///< name here, name(s) in the file
  std::vector<std::string> missing;
  std::vector<std::string> ignored;  ///< tensors of the file that belong to no tower
  std::vector<std::pair<std::string, std::string>>
      unreadable;                          ///< entry, the code it would take to build it
  std::vector<std::string> other_entries;  ///< what else the checkpoint held
};

/// Throws as open_checkpoint, canonical_tensors and infer_config do; Error(usage) that explains
/// itself where neither options nor provenance give the activation of a CLIP; Error(format) for a
/// tensor of the wrong shape, for tensors of the tower and for settings that are not understood.
[[nodiscard]] ImportResult import_checkpoint(const std::filesystem::path& path,
                                             const ModelImportOptions& options);

/// Throws Error(format) naming what is missing, and what could not be read without running foreign
/// code.
void require_complete(const ImportResult& result, const std::filesystem::path& path);

}  // namespace skyglot
