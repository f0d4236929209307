// SPDX-License-Identifier: Apache-2.0
// One evaluation from beginning to end: what is asked, and what came out with all that decided it.
#pragma once

#include "embed/embed.hpp"
#include "eval/manifest.hpp"
#include "eval/prompts.hpp"
#include "scores/confusion.hpp"
#include "scores/knn.hpp"
#include "scores/linear_probe.hpp"
#include "scores/metrics.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Pictures with what is true of them: files that a model embeds, or vectors of somebody else.
struct PictureInput {
  std::vector<std::filesystem::path> images;
  std::filesystem::path list;        ///< labels or captions for `images`
  std::filesystem::path embeddings;  ///< in place of `images`
  std::filesystem::path labels;      ///< of `embeddings`

  [[nodiscard]] bool empty() const { return images.empty() && embeddings.empty(); }
};

struct EvaluationRequest {
  std::optional<BenchmarkManifest> manifest;
  std::filesystem::path model;         ///< a model folder; empty if all vectors are given
  const Encoders* encoders = nullptr;  ///< a live model in place of a folder, as a trainer has it
  std::string published_as;            ///< the model's name in the tables of published figures
  PictureInput pictures;
  PictureInput train;  ///< knn and linear; empty: the pictures themselves, held out in turn
  std::filesystem::path text_embeddings;

  // What follows takes the place of what the manifest says.
  std::string classes;                 ///< see read_classes
  std::vector<std::string> templates;  ///< with {c}
  std::string templates_file;          ///< see read_templates
  std::optional<Averaging> averaging;
  std::optional<ResizeMode> resize;
  std::optional<std::string> prefix;
  std::optional<bool> capitalise;
  std::string path_column;
  std::string label_column;
  std::string caption_column;
  std::optional<std::string> split;  ///< of a Karpathy file

  std::optional<Wording> wording;
  std::optional<bool> every_caption;  ///< retrieval: equal captions are not merged
  bool digits = false;                ///< counting: numbers in digits
  bool transductive = false;          ///< zeroshot: looks at all pictures at once
  KnnOptions knn;
  ProbeSearchOptions probe;
  std::optional<double> probe_c;  ///< linear: no search
  BootstrapOptions bootstrap;
  ComputeOptions compute;
  std::size_t max_pixels = 100'000'000;
  std::filesystem::path cache;  ///< folder that keeps picture embeddings; not of a live model
};

/// Rows for a terminal; the first is the header.
struct TextTable {
  std::string title;
  std::vector<std::vector<std::string>> rows;
};

struct EvaluationResult {
  /// Everything: figures first, then counts, then "evaluated" and "expected". Keys are described in
  /// docs/benchmarks.md.
  nlohmann::ordered_json json;
  std::vector<TextTable> tables;  ///< the same for people
  std::optional<ConfusionMatrix> confusion;
  std::vector<std::vector<std::string>> predictions;  ///< a row a picture, the first is the header
  std::int64_t skipped = 0;                           ///< pictures that could not be used
};

/// Classification by prompts. One class alone: SkyScript's binary mode, labels 1 or the class and
/// anything else for 0. `task` is "zeroshot" or "finegrained" and only named in the result. These
/// functions throw Error naming what is wrong with the request or the files and what to do.
[[nodiscard]] EvaluationResult evaluate_zeroshot(const EvaluationRequest& request, Task task);
[[nodiscard]] EvaluationResult evaluate_retrieval(const EvaluationRequest& request);
[[nodiscard]] EvaluationResult evaluate_counting(const EvaluationRequest& request);
[[nodiscard]] EvaluationResult evaluate_knn(const EvaluationRequest& request);
[[nodiscard]] EvaluationResult evaluate_linear(const EvaluationRequest& request);

}  // namespace skyglot
