// SPDX-License-Identifier: Apache-2.0
// A whole run of embedding: source, tower, output, taken up again where it was interrupted.
#pragma once

#include "embed/embed.hpp"
#include "embed/embeddings_writer.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace skyglot {

struct EmbedJob {
  std::filesystem::path output;  ///< a folder, or a name that ends in .npy
  bool overwrite = false;
  nlohmann::ordered_json about;  ///< what made the vectors; kept in embeddings.json
  nlohmann::ordered_json
      inputs;                ///< where they came from; with `about` it must be the same to resume
  std::int64_t columns = 0;  ///< width of the vectors
  EmbedOptions options;
  bool may_be_none = false;        ///< that all are skipped is no Error
  std::string items = "pictures";  ///< what the progress counts
};

/// What `about` says of a model: everything that decides its vectors (two models that differ in
/// any of it never share resumed or cached ones), and where it came from.
[[nodiscard]] nlohmann::ordered_json about_model(const ModelConfig& config);

/// A picture that comes twice under one id is embedded once. Throws Error(input) if two different
/// ones share an id, or if the pictures are not those of the run that is taken up.
EmbedTotals run_picture_job(PictureSource& pictures, const PictureModel& tower,
                            const EmbedJob& job);
/// The texts are the ids.
EmbedTotals run_text_job(std::span<const std::string> texts, const TextModel& tower,
                         const EmbedJob& job);

}  // namespace skyglot
