// SPDX-License-Identifier: Apache-2.0
// RemoteCount from pictures or from vectors.
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "eval/caption_texts.hpp"
#include "eval/outcome.hpp"
#include "eval/subject.hpp"
#include "scores/counting.hpp"

#include <map>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

constexpr std::string_view kNumberMark = "{n}";

ClassList count_classes() {
  const auto words = count_words(true);
  return {{words.begin(), words.end()}, {}, "counts"};
}

std::int32_t count_of(const PictureSample& sample) {
  const auto number = parse_int(sample.label);
  if (!number || *number < 1 || *number > kLargestCount)
    fail(ErrorKind::input, "{}: '{}' is no count; whole numbers from 1 to {} were expected",
         sample.id, sample.label, kLargestCount);
  return static_cast<std::int32_t>(*number);
}

void check_counts(const std::vector<PictureSample>& samples) {
  for (const PictureSample& sample : samples) (void)count_of(sample);
}

// What is scored: ten rows of texts for each picture that has them.
struct CountingSide {
  Matrix texts;
  std::vector<std::int64_t> text_rows;
};

CountingSide given_side(Subject& subject, const PictureRows& rows) {
  CountingSide side{subject.given_texts().vectors.all(), {}};
  const std::int64_t needed = rows.vectors.rows() * kLargestCount;
  if (side.texts.rows != kLargestCount && side.texts.rows != needed)
    fail(ErrorKind::input,
         "{} text embeddings; counting needs {} (those of 1 to {} for all pictures) or {} for each "
         "of the {} pictures",
         side.texts.rows, kLargestCount, kLargestCount, kLargestCount, rows.vectors.rows());
  for (std::int64_t i = 0; i < needed; ++i) side.text_rows.push_back(i % side.texts.rows);
  return side;
}

// Equal captions are embedded once.
class UniqueTexts {
 public:
  std::int64_t row_of(const std::string& text) {
    const auto [at, is_new] = rows_.emplace(text, static_cast<std::int64_t>(texts.size()));
    if (is_new) texts.push_back(text);
    return at->second;
  }
  std::vector<std::string> texts;

 private:
  std::map<std::string, std::int64_t> rows_;
};

std::string counting_template(const EvaluationRequest& request) {
  if (request.templates.empty()) return "";
  const std::string& words = request.templates.front();
  if (request.templates.size() > 1 || words.find(kNumberMark) == std::string::npos)
    fail(ErrorKind::usage, "counting takes one --template, with {{n}} where the number goes");
  return words;
}

std::optional<std::vector<std::string>> captions_for(const PictureSample& sample,
                                                     const std::string& words, bool digits) {
  if (words.empty()) return count_captions(sample.captions.front(), count_of(sample), digits);
  std::vector<std::string> captions;
  for (const std::string& number : count_words(digits))
    captions.push_back(replace_all(words, kNumberMark, number));
  return captions;
}

CountingSide caption_side(Subject& subject, PictureRows& rows, const std::string& words) {
  const EvaluationRequest& request = subject.request();
  const CaptionOptions options{.prefix = subject.text().prefix,
                               .capitalise = subject.text().capitalise};
  UniqueTexts texts;
  CountingSide side;
  std::vector<bool> keep;
  for (const PictureSample& sample : rows.samples) {
    const auto captions = captions_for(sample, words, request.digits);
    keep.push_back(captions.has_value());
    for (const std::string& caption : captions.value_or(std::vector<std::string>()))
      side.text_rows.push_back(texts.row_of(caption_text(caption, options)));
  }
  const std::int64_t before = rows.vectors.rows();
  rows.keep(keep);
  const std::int64_t dropped = before - rows.vectors.rows();
  rows.skipped += dropped;
  rows.counts["caption_without_number"] = dropped;
  if (rows.samples.empty())
    fail(ErrorKind::input,
         "no caption says its own number once, as a word or in digits; give --template \"there are "
         "{{n}} ...\" or name the column of captions with --caption-column");
  side.texts = subject.texts(texts.texts);
  return side;
}

void note_captions(Subject& subject, const std::string& words) {
  subject.facts["numbers"] = subject.request().digits ? "digits" : "words";
  subject.facts["captions"] = words.empty() ? "the pictures' own, their number replaced" : words;
  subject.facts["prefix"] = subject.text().prefix;
  subject.facts["capitalise"] = subject.text().capitalise;
}

}  // namespace

EvaluationResult evaluate_counting(const EvaluationRequest& request) {
  Subject subject(request, {Task::counting});
  Outcome outcome("counting", subject, true);
  const bool given = !request.text_embeddings.empty();
  const std::string words = given ? "" : counting_template(request);
  const Truth truth = given || !words.empty() ? Truth::labels : Truth::labels_and_captions;
  PictureRows rows = subject.pictures(request.pictures, truth, check_counts);
  if (!given) note_captions(subject, words);
  const CountingSide side = given ? given_side(subject, rows) : caption_side(subject, rows, words);
  const ClassList classes = count_classes();
  std::vector<std::int32_t> labels;
  for (const PictureSample& sample : rows.samples) labels.push_back(count_of(sample) - 1);
  const Matrix scores = counting_scores(rows.vectors, side.texts, side.text_rows);
  outcome.classification(score_classification(scores, labels, classes.labels(), request.bootstrap));
  outcome.value("mean_absolute_error", mean_count_error(scores, labels));
  outcome.predictions(scores, labels, classes, rows);
  outcome.pictures(rows, "pictures");
  return outcome.finish(subject);
}

}  // namespace skyglot
