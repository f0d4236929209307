// SPDX-License-Identifier: Apache-2.0
#include "eval/protocols.hpp"

#include "base/error.hpp"
#include "scores/folds.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace skyglot {
namespace {

void require_something_to_learn(const SupervisedRequest& request) {
  require_two_classes(request.train ? request.train->labels : request.pictures.labels,
                      request.class_names);
}

std::vector<std::string> ids_of(const LabelledRows& rows) {
  if (!rows.ids.empty()) return rows.ids;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) ids.push_back(std::to_string(i));
  return ids;
}

Classified classified(Matrix scores, const SupervisedRequest& request, ZeroScore zero) {
  ClassificationScore score = score_classification(scores, request.pictures.labels,
                                                   request.class_names, request.bootstrap, zero);
  return {std::move(scores), std::move(score)};
}

LinearProbe fit_probe(const ProbeData& data, std::span<const std::string> ids,
                      const LinearOptions& options, std::vector<ProbeFit>& fits) {
  ProbeFit fit;
  fit.training_rows = data.features.rows();
  LinearProbe probe;
  if (options.c) {
    ProbeFitOptions how = options.search.fit;
    how.c = fit.c = *options.c;
    probe = fit_linear_probe(data, how);
  } else {
    ProbeSearch search = search_linear_probe(data, ids, options.search);
    probe = std::exchange(search.probe, {});
    fit.c = search.c;
    fit.search = std::move(search);
  }
  fit.iterations = probe.iterations;
  fit.converged = probe.converged;
  fits.push_back(std::move(fit));
  return probe;
}

LinearResult held_out(const SupervisedRequest& request, const LinearOptions& options) {
  const LabelledRows& rows = request.pictures;
  const auto classes = std::ssize(request.class_names);
  const auto ids = ids_of(rows);
  const auto folds = stratified_folds(rows.labels, ids, kProbeFolds, options.search.seed);
  LinearResult result;
  Matrix scores(rows.vectors.rows(), classes);
  for (int fold = 0; fold < kProbeFolds; ++fold) {
    const FoldRows train = rows_of_fold(rows.labels, ids, folds, fold, false);
    const FoldRows test = rows_of_fold(rows.labels, ids, folds, fold, true);
    if (test.rows.empty()) continue;
    const ProbeData learn{rows.vectors.chosen(train.rows), train.labels, classes};
    const Matrix part =
        fit_probe(learn, train.ids, options, result.fits).scores(rows.vectors.chosen(test.rows));
    for (std::size_t i = 0; i < test.rows.size(); ++i)
      std::ranges::copy(part.row(static_cast<std::int64_t>(i)), scores.row(test.rows[i]).begin());
  }
  result.classified = classified(std::move(scores), request, ZeroScore::counts);
  return result;
}

}  // namespace

void require_two_classes(std::span<const std::int32_t> labels,
                         std::span<const std::string> class_names) {
  if (std::ranges::any_of(labels, [&](std::int32_t label) { return label != labels.front(); }))
    return;
  const std::string name =
      labels.empty() ? "" : class_names[static_cast<std::size_t>(labels.front())];
  fail(ErrorKind::input,
       "all pictures to learn from have the label '{}', so there is nothing to tell apart; give "
       "pictures of two classes at least",
       name);
}

Matrix class_vectors(const TextModel& model, const PromptRequest& request,
                     const EmbedOptions& options) {
  require_class_marks(request.templates);
  EmbedOptions how = options;
  how.normalise = false;  // the averaging decides
  const Matrix prompts =
      embed_texts(fill_templates(request.templates, request.wordings), model, how);
  return average_prompts(prompts, std::ssize(request.templates), request.averaging);
}

ZeroshotResult score_zeroshot(const ZeroshotRequest& request) {
  const LabelledRows& pictures = request.pictures;
  require_same_length(pictures.vectors, request.classes, "pictures against texts");
  const auto scored = [&](Matrix scores) -> Classified {
    ClassificationScore score =
        score_classification(scores, pictures.labels, request.class_names, request.bootstrap);
    return {std::move(scores), std::move(score)};
  };
  ZeroshotResult result{scored(all_scores(pictures.vectors, request.classes)), {}, 0};
  result.top1_alone = result.classified.score.top1;
  if (!request.transduction) return result;
  Transduction run = transduce(pictures.vectors, request.classes, *request.transduction);
  result.classified = scored(std::exchange(run.assignments, {}));
  result.transduction = std::move(run);
  return result;
}

Classified score_knn(const SupervisedRequest& request, const KnnOptions& options) {
  require_something_to_learn(request);
  const auto classes = std::ssize(request.class_names);
  const LabelledRows& pictures = request.pictures;
  return classified(request.train
                        ? knn_scores(request.train->vectors, request.train->labels, classes,
                                     pictures.vectors, options)
                        : knn_leave_one_out(pictures.vectors, pictures.labels, classes, options),
                    request, ZeroScore::is_absence);
}

LinearResult score_linear(const SupervisedRequest& request, const LinearOptions& options) {
  require_something_to_learn(request);
  if (!request.train) return held_out(request, options);
  const LabelledRows& train = *request.train;
  LinearResult result;
  const ProbeData data{train.vectors, train.labels, std::ssize(request.class_names)};
  const LinearProbe probe = fit_probe(data, ids_of(train), options, result.fits);
  result.classified =
      classified(probe.scores(request.pictures.vectors), request, ZeroScore::counts);
  return result;
}

}  // namespace skyglot
