// SPDX-License-Identifier: Apache-2.0
// The protocols on vectors and labels: what a trainer calls on a live model, and what the commands
// call once files are read. No paths, no JSON.
#pragma once

#include "base/row_source.hpp"
#include "embed/embed.hpp"
#include "eval/prompts.hpp"
#include "scores/knn.hpp"
#include "scores/linear_probe.hpp"
#include "scores/metrics.hpp"
#include "scores/transductive.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// Unit rows, each with its class.
struct LabelledRows {
  RowSource vectors;
  std::vector<std::int32_t> labels;  ///< in [0, number of classes)
  std::vector<std::string> ids;      ///< decide folds; may be empty: row numbers do
};

struct Classified {
  Matrix scores;  ///< rows x classes
  ClassificationScore score;
};

struct PromptRequest {
  std::vector<std::string> wordings;   ///< one a class
  std::vector<std::string> templates;  ///< with {c}
  Averaging averaging = Averaging::normalised;
};

/// One unit row a class: every template filled with its wording, embedded, averaged.
[[nodiscard]] Matrix class_vectors(const TextModel& model, const PromptRequest& request,
                                   const EmbedOptions& options);

struct ZeroshotRequest {
  LabelledRows pictures;
  Matrix classes;  ///< unit rows, one a class
  std::vector<std::string> class_names;
  std::optional<TransductiveOptions> transduction;
  BootstrapOptions bootstrap{};
};

struct ZeroshotResult {
  Classified classified;
  std::optional<Transduction> transduction;  ///< without its assignments, which are the scores
  double top1_alone = 0;                     ///< without transduction
};

/// Every picture is taken for the class of largest inner product. Throws Error(input) if lengths
/// differ or a value is not finite.
[[nodiscard]] ZeroshotResult score_zeroshot(const ZeroshotRequest& request);

/// Pictures to learn from and to score; without the former those to score are held out in turn.
struct SupervisedRequest {
  std::optional<LabelledRows> train;
  LabelledRows pictures;
  std::vector<std::string> class_names;
  BootstrapOptions bootstrap{};
};

/// Throws Error(input) naming the class if all labels are the same: one class alone is told right
/// by whatever answers at all.
void require_two_classes(std::span<const std::int32_t> labels,
                         std::span<const std::string> class_names);

/// Classification by the nearest neighbours. Throws Error(input) if what is to be learnt from has
/// one class alone.
[[nodiscard]] Classified score_knn(const SupervisedRequest& request, const KnnOptions& options);

struct LinearOptions {
  ProbeSearchOptions search;
  std::optional<double> c;  ///< no search
};

/// One fit of a probe; a search found its C unless it was given.
struct ProbeFit {
  double c = 0;
  std::int64_t training_rows = 0;
  int iterations = 0;
  bool converged = false;
  std::optional<ProbeSearch> search;  ///< without its probe
};

struct LinearResult {
  Classified classified;
  std::vector<ProbeFit> fits;  ///< one, or one a fold
};

inline constexpr int kProbeFolds = 5;

/// Classification by a linear probe, in kProbeFolds folds without training pictures. Throws as
/// score_knn.
[[nodiscard]] LinearResult score_linear(const SupervisedRequest& request,
                                        const LinearOptions& options);

}  // namespace skyglot
