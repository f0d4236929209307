// SPDX-License-Identifier: Apache-2.0
// How well labels can be told from picture embeddings alone: nearest neighbours, a linear probe.
#include "base/error.hpp"
#include "base/json.hpp"
#include "eval/outcome.hpp"
#include "eval/protocols.hpp"
#include "eval/subject.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace skyglot {
namespace {

// What is evaluated, as the protocols take it, and where it came from.
struct Supervised {
  SupervisedRequest request;
  std::optional<ClassList> classes;
  std::optional<PictureRows> train;
  PictureRows pictures;
};

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
  require_two_classes(std::span(matched.classes).first(learnt_from.words.size()),
                      classes->labels());
  return matched;
}

LabelledRows labelled(const PictureRows& rows, std::span<const std::int32_t> labels) {
  return {rows.vectors, {labels.begin(), labels.end()}, rows.ids()};
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
  const std::span labels(matched.classes);
  if (data.train) {
    require_same_length(data.pictures.vectors, data.train->vectors, "pictures against --train");
    data.request.train = labelled(*data.train, labels.first(train.words.size()));
  }
  data.request.pictures = labelled(data.pictures, labels.subspan(train.words.size()));
  data.request.class_names = data.classes->labels();
  data.request.bootstrap = request.bootstrap;
  return data;
}

EvaluationResult finish(Outcome& outcome, const Subject& subject, const Supervised& data,
                        const Classified& classified) {
  outcome.classification(classified.score);
  outcome.predictions(classified.scores, data.request.pictures.labels, *data.classes,
                      data.pictures);
  outcome.value("classes", data.classes->size());
  outcome.pictures(data.pictures, "pictures");
  if (data.train) outcome.pictures(*data.train, "train");
  return outcome.finish(subject);
}

Json fit_json(const ProbeFit& fit) {
  Json json{{"c", fit.c}, {"training_rows", fit.training_rows}};
  if (fit.search) {
    json["training_rows"] = fit.search->training_rows;
    json["validation_rows"] = fit.search->validation_rows;
  }
  json["iterations"] = fit.iterations;
  json["converged"] = fit.converged;
  if (!fit.search) return json;
  Json& trials = json["trials"] = Json::array();
  for (const ProbeTrial& trial : fit.search->trials)
    trials.push_back(
        {{"c", trial.c}, {"validation_accuracy", trial.accuracy}, {"converged", trial.converged}});
  return json;
}

}  // namespace

EvaluationResult evaluate_knn(const EvaluationRequest& request) {
  request.knn.validate();
  Subject subject(request, {Task::zeroshot, Task::finegrained});
  Outcome outcome("knn", subject, false);
  const Supervised data = load(subject);
  subject.facts["neighbours"] = request.knn.k;
  subject.facts["temperature"] = request.knn.temperature;
  subject.facts["training"] = data.train ? "other pictures" : "leave one out";
  return finish(outcome, subject, data, score_knn(data.request, request.knn));
}

EvaluationResult evaluate_linear(const EvaluationRequest& request) {
  request.probe.validate();
  Subject subject(request, {Task::zeroshot, Task::finegrained});
  Outcome outcome("linear", subject, false);
  const Supervised data = load(subject);
  subject.facts["training"] =
      data.train ? "other pictures" : fmt::format("{} folds, each held out in turn", kProbeFolds);
  subject.facts["search_seed"] = request.probe.seed;
  const LinearResult result = score_linear(data.request, {request.probe, request.probe_c});
  Json fits = Json::array();
  Json& chosen = subject.facts["c"] = Json::array();
  for (const ProbeFit& fit : result.fits) {
    fits.push_back(fit_json(fit));
    chosen.push_back(fit.c);
  }
  outcome.value("probes", fits);
  return finish(outcome, subject, data, result.classified);
}

}  // namespace skyglot
