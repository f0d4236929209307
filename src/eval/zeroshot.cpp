// SPDX-License-Identifier: Apache-2.0
// Classification by prompts: SkyScript's protocol, GeoRSCLIP's averaging, one class, transduction.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "eval/outcome.hpp"
#include "eval/protocols.hpp"
#include "eval/subject.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>

namespace skyglot {
namespace {

ClassList numbered_classes(std::int64_t count) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return {std::move(names), {}, "the rows of the text embeddings"};
}

// Without a class list the labels are the classes; one alone leaves nothing to choose.
ClassList classes_named_by(const Labels& labels) {
  ClassList classes = classes_of_labels(labels.words);
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
  ClassSide side{subject.classes(), texts.vectors.all()};
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
    wordings.push_back(worded(wording, subject.text().wording));
  const std::vector<std::string> templates = subject.templates();
  subject.facts["wording"] = to_string(subject.text().wording);
  subject.facts["class_wordings"] = wordings;
  subject.facts["averaging"] = to_string(subject.text().averaging);
  subject.note_texts(fill_templates(templates, wordings));
  side.vectors =
      class_vectors(subject.text_tower(), {wordings, templates, subject.text().averaging},
                    subject.embed_options());
}

void note_transduction(Outcome& outcome, Subject& subject, const TransductiveOptions& options,
                       const Transduction& run) {
  subject.facts["transductive"] = Json{{"text_weight", options.text_weight},
                                       {"logit_scale", options.logit_scale},
                                       {"neighbours", options.neighbours},
                                       {"anchors", options.anchors},
                                       {"rounds", run.rounds},
                                       {"converged", run.converged}};
  outcome.value("transductive", true);
}

void note_empty_classes(Outcome& outcome, const ClassList& classes,
                        std::span<const std::int32_t> labels) {
  const std::vector<std::string> empty = classes_without_items(classes, labels);
  outcome.value("classes", classes.size());
  outcome.value("classes_without_pictures", empty);
  if (!empty.empty())
    log_warning("{} of {} classes have no picture, but can be predicted: {}", empty.size(),
                classes.size(), some_of(empty));
}

EvaluationResult score_classes(Outcome& outcome, Subject& subject, const PictureRows& rows,
                               const ClassSide& side) {
  const MatchedLabels matched = match_labels(*side.classes, rows.labels());
  subject.facts["labels_read_as"] = to_string(matched.reading);
  ZeroshotRequest request{.pictures = {rows.vectors, matched.classes, {}},
                          .classes = side.vectors,
                          .class_names = side.classes->labels(),
                          .transduction = {},
                          .bootstrap = subject.request().bootstrap};
  if (subject.request().transductive) request.transduction.emplace();
  const ZeroshotResult result = score_zeroshot(request);
  if (result.transduction)
    note_transduction(outcome, subject, *request.transduction, *result.transduction);
  outcome.classification(result.classified.score);
  if (result.transduction) outcome.figure("top1_without_transduction", result.top1_alone);
  outcome.predictions(result.classified.scores, matched.classes, *side.classes, rows);
  note_empty_classes(outcome, *side.classes, matched.classes);
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
  const Matrix scores = all_scores(rows.vectors, side.vectors);
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
    const Labels labels = labels_of(samples);
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
