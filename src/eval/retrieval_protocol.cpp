// SPDX-License-Identifier: Apache-2.0
// Retrieval of captions by pictures and of pictures by captions.
#include "base/error.hpp"
#include "base/strings.hpp"
#include "eval/caption_texts.hpp"
#include "eval/outcome.hpp"
#include "eval/subject.hpp"
#include "eval/truth_file.hpp"

#include <memory>

namespace skyglot {
namespace {

// Both sides of the search and what belongs together.
struct Gallery {
  PictureRows pictures;
  RowSource texts;
  std::vector<RetrievalPair> pairs;
};

Gallery given_gallery(Subject& subject) {
  Gallery gallery;
  gallery.pictures = subject.given_pictures(subject.request().pictures);
  Embeddings texts = subject.given_texts();
  gallery.pairs =
      read_pairs(subject.request().pictures.labels, gallery.pictures.embeddings(), texts);
  if (subject.request().pictures.labels.empty())
    subject.facts["pairs"] = "texts in the order of the pictures, as many for each";
  gallery.texts = texts.vectors;
  return gallery;
}

CaptionOptions caption_options(Subject& subject) {
  const TextRules& text = subject.text();
  CaptionOptions options{
      .prefix = text.prefix, .capitalise = text.capitalise, .every = text.every_caption};
  subject.facts["prefix"] = options.prefix;
  subject.facts["capitalise"] = options.capitalise;
  subject.facts["every_caption"] = options.every;
  return options;
}

Gallery captioned_gallery(Subject& subject, Outcome& outcome) {
  Gallery gallery;
  gallery.pictures =
      subject.pictures(subject.request().pictures, Truth::captions, [](const auto&) {});
  std::vector<std::vector<std::string>> captions;
  for (const PictureSample& sample : gallery.pictures.samples) captions.push_back(sample.captions);
  CaptionTexts texts = collect_captions(captions, caption_options(subject));
  outcome.count("captions", texts.captions);
  gallery.texts = RowSource(std::make_shared<const Matrix>(subject.texts(texts.texts)));
  gallery.pairs = std::move(texts.pairs);
  return gallery;
}

void add_direction(Outcome& outcome, const DirectionScore& score, const std::string& direction) {
  for (const RecallAt& recall : score.recall)
    outcome.figure(fmt::format("r{}_{}", recall.k, direction), recall.percent,
                   recall.k == 1 ? &score.r1_interval : nullptr);
  outcome.figure("mean_recall_" + direction, score.mean_recall);
  outcome.value("median_rank_" + direction, score.median_rank);
  outcome.count("queries_" + direction, score.queries);
}

void add_ranks(Outcome& outcome, const Gallery& gallery, const std::vector<std::int64_t>& ranks) {
  outcome.result.predictions = {{"id", "best_rank"}};
  for (std::size_t i = 0; i < ranks.size(); ++i)
    outcome.result.predictions.push_back(
        {gallery.pictures.samples[i].id, std::to_string(ranks[i])});
}

}  // namespace

EvaluationResult evaluate_retrieval(const EvaluationRequest& request) {
  Subject subject(request, {Task::retrieval});
  Outcome outcome("retrieval", subject, true);
  const Gallery gallery = request.text_embeddings.empty() ? captioned_gallery(subject, outcome)
                                                          : given_gallery(subject);
  RetrievalOptions options;
  options.bootstrap = request.bootstrap;
  const RetrievalScore score =
      score_retrieval(gallery.pictures.vectors, gallery.texts, gallery.pairs, options);
  outcome.pictures(gallery.pictures, "pictures");
  outcome.count("unique_texts", gallery.texts.rows());
  outcome.count("pairs", static_cast<std::int64_t>(gallery.pairs.size()));
  add_direction(outcome, score.picture_to_text, "i2t");
  add_direction(outcome, score.text_to_picture, "t2i");
  outcome.figure("mean_recall", score.mean_recall_both);
  add_ranks(outcome, gallery, score.picture_ranks);
  return outcome.finish(subject);
}

}  // namespace skyglot
