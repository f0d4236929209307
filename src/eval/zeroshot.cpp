// SPDX-License-Identifier: Apache-2.0
// Classification by prompts: SkyScript's protocol, GeoRSCLIP's averaging, one class, transduction.
#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "eval/outcome.hpp"
#include "eval/subject.hpp"
#include "scores/row_blocks.hpp"
#include "scores/transductive.hpp"

#include <algorithm>

namespace skyglot {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> labels_of(const std::vector<PictureSample>& samples) {
  std::vector<std::string> labels;
  for (const PictureSample& sample : samples) labels.push_back(sample.label);
  return labels;
}

ClassList numbered_classes(std::int64_t count) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return {std::move(names), {}, "the rows of the text embeddings"};
}

// Without a class list the labels are the classes; one alone leaves nothing to choose.
ClassList classes_named_by(const std::vector<std::string>& labels) {
  ClassList classes = classes_of_labels(labels);
  if (classes.size() == 1)
    fail(ErrorKind::input,
         "all pictures have the label '{}', so there is nothing to tell apart; give a class list "
         "(--classes FILE)",
         classes.labels()[0]);
  return classes;
}

// Classes and, where they were given, their vectors.
struct ClassSide {
  std::optional<ClassList> classes;
  Matrix vectors;
};

ClassSide given_classes(Subject& subject) {
  Embeddings texts = subject.given_texts();
  ClassSide side{subject.classes(), std::move(texts.vectors)};
  if (!side.classes && !texts.ids.empty())
    side.classes.emplace(texts.ids, std::vector<std::string>(), "the ids of the text embeddings");
  if (!side.classes) side.classes = numbered_classes(side.vectors.rows);
  if (static_cast<std::int64_t>(side.classes->size()) != side.vectors.rows)
    fail(ErrorKind::input,
         "{} classes for {} text embeddings; there must be one row a class, in the order of the "
         "class list (--classes FILE)",
         side.classes->size(), side.vectors.rows);
  return side;
}

void prompt_classes(Subject& subject, ClassSide& side) {
  std::vector<std::string> wordings;
  for (const std::string& wording : side.classes->wordings())
    wordings.push_back(worded(wording, subject.request().wording));
  const std::vector<std::string> templates = subject.templates();
  subject.facts["wording"] = to_string(subject.request().wording);
  subject.facts["class_wordings"] = wordings;
  subject.facts["averaging"] = to_string(subject.averaging());
  const Matrix prompts = subject.texts(fill_templates(templates, wordings), false);
  side.vectors =
      average_prompts(prompts, static_cast<std::int64_t>(templates.size()), subject.averaging());
}

Matrix transduced(Outcome& outcome, Subject& subject, const PictureRows& rows,
                  const ClassSide& side) {
  const TransductiveOptions options;
  Transduction transduction = transduce(rows.vectors, side.vectors, options);
  subject.facts["transductive"] =
      Json{{"text_weight", options.text_weight}, {"logit_scale", options.logit_scale},
           {"neighbours", options.neighbours},   {"anchors", options.anchors},
           {"rounds", transduction.rounds},      {"converged", transduction.converged}};
  outcome.value("transductive", true);
  return std::move(transduction.assignments);
}

void note_empty_classes(Outcome& outcome, const ClassList& classes,
                        std::span<const std::int32_t> labels) {
  const std::vector<std::string> empty = classes_without_items(classes, labels);
  outcome.value("classes", classes.size());
  outcome.value("classes_without_pictures", empty);
  if (!empty.empty())
    log_warning("{} of {} classes have no picture, but can be predicted: {}", empty.size(),
                classes.size(), join(empty, ", "));
}

EvaluationResult score_classes(Outcome& outcome, Subject& subject, const PictureRows& rows,
                               const ClassSide& side) {
  const std::vector<std::int32_t> labels = match_labels(*side.classes, rows.labels());
  const auto& names = side.classes->labels();
  const BootstrapOptions& bootstrap = subject.request().bootstrap;
  Matrix scores = inner_products(rows.vectors, 0, rows.vectors.rows, side.vectors);
  if (subject.request().transductive) {
    const double alone = score_classification(scores, labels, names, bootstrap).top1;
    scores = transduced(outcome, subject, rows, side);
    outcome.classification(score_classification(scores, labels, names, bootstrap));
    outcome.figure("top1_without_transduction", alone);
  } else {
    outcome.classification(score_classification(scores, labels, names, bootstrap));
  }
  outcome.predictions(scores, labels, *side.classes, rows);
  note_empty_classes(outcome, *side.classes, labels);
  return outcome.finish(subject);
}

// "1" or the class itself; anything else is not it.
std::vector<std::int32_t> binary_labels(const ClassList& classes, const PictureRows& rows) {
  std::vector<std::int32_t> labels;
  for (const PictureSample& sample : rows.samples) {
    const bool is_it = sample.label == "1" ||
                       normalised_name(sample.label) == normalised_name(classes.labels()[0]);
    labels.push_back(is_it ? 1 : 0);
  }
  return labels;
}

EvaluationResult score_one_class(Outcome& outcome, Subject& subject, const PictureRows& rows,
                                 const ClassSide& side) {
  const std::vector<std::int32_t> labels = binary_labels(*side.classes, rows);
  const Matrix scores = inner_products(rows.vectors, 0, rows.vectors.rows, side.vectors);
  const BinaryScore score = best_f1(scores.values, labels);
  outcome.figure("f1", 100 * score.f1);
  outcome.figure("precision", 100 * score.precision);
  outcome.figure("recall", 100 * score.recall);
  outcome.value("threshold", score.threshold);
  outcome.value("positive_pictures", std::ranges::count(labels, 1));
  outcome.value("class", side.classes->labels()[0]);
  return outcome.finish(subject);
}

}  // namespace

EvaluationResult evaluate_zeroshot(const EvaluationRequest& request, Task task) {
  Subject subject(request, {Task::zeroshot, Task::finegrained});
  Outcome outcome(to_string(task), subject, !request.transductive);
  const bool given = !request.text_embeddings.empty();
  ClassSide side = given ? given_classes(subject) : ClassSide{subject.classes(), {}};
  const auto check = [&](const std::vector<PictureSample>& samples) {
    const auto labels = labels_of(samples);
    if (!side.classes) side.classes = classes_named_by(labels);
    if (side.classes->size() > 1) (void)match_labels(*side.classes, labels);
  };
  if (!given) {  // refused before pictures are read
    subject.require_model();
    (void)subject.templates();
  }
  const PictureRows rows = subject.pictures(request.pictures, Truth::labels, check);
  outcome.pictures(rows, "pictures");
  if (!given) prompt_classes(subject, side);
  require_same_length(rows.vectors, side.vectors, "pictures against texts");
  return side.classes->size() == 1 ? score_one_class(outcome, subject, rows, side)
                                   : score_classes(outcome, subject, rows, side);
}

}  // namespace skyglot
