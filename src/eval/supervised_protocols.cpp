// SPDX-License-Identifier: Apache-2.0
// How well labels can be told from picture embeddings alone: nearest neighbours, a linear probe.
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/numbers.hpp"
#include "eval/outcome.hpp"
#include "eval/subject.hpp"
#include "scores/folds.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace skyglot {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFolds = 5;

// Labelled rows to learn from and to score; without training pictures both are the same.
struct Supervised {
  std::optional<ClassList> classes;
  std::optional<PictureRows> train;
  PictureRows pictures;
  std::vector<std::int32_t> train_labels;
  std::vector<std::int32_t> labels;
};

// One class alone is told right by whatever answers at all.
void demand_two(const ClassList& classes, std::span<const std::int32_t> labels) {
  const auto other = std::ranges::find_if(labels, [&](auto label) { return label != labels[0]; });
  if (other != labels.end()) return;
  fail(ErrorKind::input,
       "all pictures to learn from have the label '{}', so there is nothing to tell apart; give "
       "pictures of two classes at least",
       classes.labels()[static_cast<std::size_t>(labels[0])]);
}

// Reads the labels of all pictures in one way, those to learn from first. Those name the classes
// where no list does.
MatchedLabels match_all(std::optional<ClassList>& classes, const Labels& train,
                        const Labels& pictures) {
  Labels all = train;
  all.numbers = (train.words.empty() || train.numbers) && pictures.numbers;
  std::ranges::copy(pictures.words, std::back_inserter(all.words));
  const Labels& learnt_from = train.words.empty() ? pictures : train;
  if (!classes) classes = classes_of_labels(learnt_from.words);
  MatchedLabels matched = match_labels(*classes, all);
  demand_two(*classes, std::span(matched.classes).first(learnt_from.words.size()));
  return matched;
}

Supervised load(Subject& subject) {
  const EvaluationRequest& request = subject.request();
  Supervised data;
  data.classes = subject.classes();
  Labels train;
  if (!request.train.empty()) {
    data.train = subject.pictures(request.train, Truth::labels, [&](const auto& samples) {
      (void)match_all(data.classes, {}, labels_of(samples));
    });
    train = data.train->labels();
  }
  data.pictures = subject.pictures(request.pictures, Truth::labels, [&](const auto& samples) {
    (void)match_all(data.classes, train, labels_of(samples));
  });
  const MatchedLabels matched = match_all(data.classes, train, data.pictures.labels());
  subject.facts["labels_read_as"] = to_string(matched.reading);
  const auto middle = matched.classes.begin() + std::ssize(train.words);
  data.train_labels.assign(matched.classes.begin(), middle);
  data.labels.assign(middle, matched.classes.end());
  if (data.train)
    require_same_length(data.pictures.vectors, data.train->vectors, "pictures against --train");
  return data;
}

EvaluationResult finish(Outcome& outcome, const Subject& subject, const Supervised& data,
                        const Matrix& scores, ZeroScore zero) {
  outcome.classification(score_classification(scores, data.labels, data.classes->labels(),
                                              subject.request().bootstrap, zero));
  outcome.predictions(scores, data.labels, *data.classes, data.pictures);
  outcome.value("classes", data.classes->size());
  outcome.pictures(data.pictures, "pictures");
  if (data.train) outcome.pictures(*data.train, "train");
  return outcome.finish(subject);
}

// Scores of held-out rows and the search that made the classifier.
struct ProbeOutcome {
  Matrix scores;
  Json searches = Json::array();
};

Json trials_json(const ProbeSearch& search) {
  Json trials = Json::array();
  for (const ProbeTrial& trial : search.trials)
    trials.push_back(
        {{"c", trial.c}, {"validation_accuracy", trial.accuracy}, {"converged", trial.converged}});
  return {{"c", search.c},
          {"training_rows", search.training_rows},
          {"validation_rows", search.validation_rows},
          {"iterations", search.probe.iterations},
          {"converged", search.probe.converged},
          {"trials", trials}};
}

LinearProbe probe_for(const ProbeData& data, std::span<const std::string> ids,
                      const EvaluationRequest& request, Json& searches) {
  if (!request.probe_c) {
    ProbeSearch search = search_linear_probe(data, ids, request.probe);
    searches.push_back(trials_json(search));
    return std::move(search.probe);
  }
  ProbeFitOptions fit = request.probe.fit;
  fit.c = *request.probe_c;
  LinearProbe probe = fit_linear_probe(data, fit);
  searches.push_back({{"c", fit.c},
                      {"training_rows", data.features.rows},
                      {"iterations", probe.iterations},
                      {"converged", probe.converged}});
  return probe;
}

ProbeOutcome trained_scores(const Supervised& data, const EvaluationRequest& request) {
  ProbeOutcome outcome;
  const ProbeData train{data.train->vectors, data.train_labels,
                        static_cast<std::int64_t>(data.classes->size())};
  outcome.scores =
      probe_for(train, data.train->ids(), request, outcome.searches).scores(data.pictures.vectors);
  return outcome;
}

ProbeOutcome cross_validated_scores(const Supervised& data, const EvaluationRequest& request) {
  const PictureRows& rows = data.pictures;
  const auto ids = rows.ids();
  const auto folds = stratified_folds(data.labels, ids, kFolds, request.probe.seed);
  ProbeOutcome outcome;
  outcome.scores = Matrix(rows.vectors.rows, static_cast<std::int64_t>(data.classes->size()));
  for (int fold = 0; fold < kFolds; ++fold) {
    const FoldRows train = rows_of_fold(rows.vectors, data.labels, ids, folds, fold, false);
    const FoldRows test = rows_of_fold(rows.vectors, data.labels, ids, folds, fold, true);
    if (test.rows.empty()) continue;
    const ProbeData learn{train.features, train.labels, outcome.scores.cols};
    const Matrix scores =
        probe_for(learn, train.ids, request, outcome.searches).scores(test.features);
    for (std::size_t i = 0; i < test.rows.size(); ++i)
      std::ranges::copy(scores.row(static_cast<std::int64_t>(i)),
                        outcome.scores.row(test.rows[i]).begin());
  }
  return outcome;
}

}  // namespace

EvaluationResult evaluate_knn(const EvaluationRequest& request) {
  request.knn.validate();
  Subject subject(request, {Task::zeroshot, Task::finegrained});
  Outcome outcome("knn", subject, false);
  const Supervised data = load(subject);
  const auto classes = static_cast<std::int64_t>(data.classes->size());
  subject.facts["neighbours"] = request.knn.k;
  subject.facts["temperature"] = request.knn.temperature;
  subject.facts["training"] = data.train ? "other pictures" : "leave one out";
  const Matrix scores =
      data.train ? knn_scores(data.train->vectors, data.train_labels, classes,
                              data.pictures.vectors, request.knn)
                 : knn_leave_one_out(data.pictures.vectors, data.labels, classes, request.knn);
  return finish(outcome, subject, data, scores, ZeroScore::is_absence);
}

EvaluationResult evaluate_linear(const EvaluationRequest& request) {
  request.probe.validate();
  Subject subject(request, {Task::zeroshot, Task::finegrained});
  Outcome outcome("linear", subject, false);
  const Supervised data = load(subject);
  subject.facts["training"] =
      data.train ? "other pictures" : fmt::format("{} folds, each held out in turn", kFolds);
  subject.facts["search_seed"] = request.probe.seed;
  ProbeOutcome probe =
      data.train ? trained_scores(data, request) : cross_validated_scores(data, request);
  outcome.value("probes", probe.searches);
  Json& chosen = subject.facts["c"] = Json::array();
  for (const Json& search : probe.searches) chosen.push_back(search.at("c"));
  return finish(outcome, subject, data, probe.scores, ZeroScore::counts);
}

}  // namespace skyglot
