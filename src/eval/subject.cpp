// SPDX-License-Identifier: Apache-2.0
#include "eval/subject.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "embed/job.hpp"
#include "eval/picture_vectors.hpp"
#include "eval/truth_file.hpp"
#include "scores/row_blocks.hpp"
#include "weights/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kExamples = 10;

Json model_json(const fs::path& folder, const ModelConfig& config) {
  Json json{{"folder", folder.string()}};
  json.update(about_model(config));
  json["source_sha256"] = config.source_sha256;
  json["embedding_width"] = config.embedding_width;
  return json;
}

Json file_json(const fs::path& path, const Embeddings& embeddings) {
  Json json{{"path", path.string()},
            {"rows", embeddings.vectors.rows()},
            {"columns", embeddings.vectors.cols()}};
  json["sha256"] = sha256_file(fs::is_directory(path) ? path / "vectors.f16" : path);
  if (!embeddings.about.empty()) json["about"] = embeddings.about;
  return json;
}

Embeddings unit_rows_of(const fs::path& path) {
  Embeddings embeddings = read_embeddings(path);
  if (embeddings.vectors.rows() == 0) fail(ErrorKind::input, "{}: no rows", path.string());
  embeddings.vectors = unit_rows(embeddings.vectors, path.string());
  return embeddings;
}

Json counts_of(const SampleSet& set, const PictureVectors& vectors) {
  Json examples = Json::array();
  for (const SkippedPicture& picture : vectors.skipped)
    if (examples.size() < kExamples)
      examples.push_back({{"id", set.samples[picture.sample].id}, {"reason", picture.reason}});
  return {{"skipped", vectors.skipped.size()},
          {"skipped_examples", examples},
          {"missing", set.missing},
          {"unlabelled", set.unlabelled},
          {"unlisted", set.unlisted}};
}

Json facts_of(const SampleSet& set) {
  Json facts{{"images", set.inputs}, {"layout", set.layout}};
  if (!set.list.empty()) {
    facts["list"] = set.list.string();
    facts["list_sha256"] = sha256_file(set.list);
  }
  if (!set.split.empty()) facts["karpathy_split"] = set.split;
  if (!set.root.empty()) facts["root"] = set.root.string();
  return facts;
}

// Pictures of several inputs may share an id; only a list names the same picture again.
void require_own_ids(const SampleSet& set) {
  if (set.layout == "csv") return;
  std::unordered_set<std::string> ids;
  for (const PictureSample& sample : set.samples)
    if (!ids.insert(sample.id).second)
      fail(ErrorKind::input,
           "two of the pictures are called '{}', so that their vectors cannot be told apart; score "
           "the inputs one by one, or with --model",
           sample.id);
}

// Rows of a file of vectors for the samples, found by id.
PictureVectors vectors_by_id(const SampleSet& set, const Embeddings& embeddings,
                             const std::string& where) {
  require_own_ids(set);
  const IdIndex index(embeddings, where);
  PictureVectors result;
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    if (const auto row = index.find(stored_id(set.samples[i].id))) {
      rows.push_back(*row);
      result.kept.push_back(i);
    } else {
      result.skipped.push_back({i, "no such id among the embeddings"});
    }
  }
  if (result.kept.empty())
    fail(ErrorKind::input, "none of the pictures is among the ids of the embeddings");
  result.vectors = embeddings.vectors.chosen(std::move(rows));
  return result;
}

std::vector<PictureSample> samples_of(const Embeddings& embeddings) {
  std::vector<PictureSample> samples(static_cast<std::size_t>(embeddings.vectors.rows()));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i].id = embeddings.ids.empty() ? std::to_string(i) : embeddings.ids[i];
  return samples;
}

[[noreturn]] void fail_without_labels() {
  fail(ErrorKind::input, "none of the pictures has a label: each is empty, null or -1");
}

// Takes those out that have no label.
void keep_labelled(PictureRows& rows, std::vector<bool> unlabelled) {
  const auto before = rows.samples.size();
  unlabelled.flip();
  rows.keep(unlabelled);
  rows.counts["unlabelled"] = before - rows.samples.size();
  if (rows.samples.empty()) fail_without_labels();
}

}  // namespace

std::vector<std::string> PictureRows::ids() const {
  std::vector<std::string> ids;
  for (const PictureSample& sample : samples) ids.push_back(sample.id);
  return ids;
}

Embeddings PictureRows::embeddings() const {
  return {has_ids ? ids() : std::vector<std::string>(), vectors, {}};
}

void PictureRows::keep(const std::vector<bool>& kept) {
  std::vector<std::int64_t> rows;
  std::vector<PictureSample> remaining;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    rows.push_back(static_cast<std::int64_t>(i));
    remaining.push_back(std::move(samples[i]));
  }
  vectors = vectors.chosen(std::move(rows));
  samples = std::move(remaining);
}

Subject::Subject(const EvaluationRequest& request, std::initializer_list<Task> tasks)
    : request_(request), done_{.protocol = protocol_of(request)} {
  if (request.manifest && std::ranges::find(tasks, request.manifest->task) == tasks.end())
    fail(ErrorKind::usage, "the benchmark {} is held by another command: skyglot eval {}",
         request.manifest->key, to_string(request.manifest->task));
  if (request.pictures.empty())
    fail(ErrorKind::usage,
         "nothing to evaluate: give --images PATH with --model DIR, or --image-embeddings FILE");
  if (request.encoders != nullptr && !request.cache.empty())
    fail(ErrorKind::usage,
         "the vectors of a model that still changes are not kept; leave the cache out");
  request.bootstrap.validate();
  if (!text().classes.empty()) classes_ = read_classes(text().classes);
  facts["skyglot"] = version();
  if (request.encoders == nullptr && !request.model.empty())
    opened_ = std::make_unique<Encoders>(request.model, request.compute);
  encoders_ = opened_ ? opened_.get() : request.encoders;
  if (encoders_ != nullptr) note_model();
  done_.list = request.pictures.list.string();
  if (encoders_ != nullptr) done_.own_resize = encoders_->config().preprocess.resize;
}

std::vector<std::string> Subject::departures() const {
  return request_.manifest ? departures_of(done_, *request_.manifest) : std::vector<std::string>();
}

Subject::~Subject() = default;

void Subject::note_model() {
  const ModelConfig& config = encoders_->config();
  facts["model"] = model_json(request_.model, config);
  one_model_.meet("--model", facts["model"]);
  facts["resize"] = to_string(done_.protocol.resize.value_or(config.preprocess.resize));
  facts["device"] = to_string(request_.compute.device);
  facts["precision"] = computed_as(request_.compute);
  facts["computed_with"] = computed_with(request_.compute);
}

// Vectors say which model made them, if they are ours.
void Subject::note_vectors(const fs::path& file, const Embeddings& embeddings) {
  if (embeddings.about.is_object() && embeddings.about.contains("model"))
    one_model_.meet(file.string(), embeddings.about.at("model"));
}

const Encoders& Subject::encoders() {
  if (encoders_ == nullptr)
    fail(ErrorKind::usage,
         "no model; give --model DIR (a folder written by 'skyglot model import'), or all vectors "
         "by --image-embeddings and --text-embeddings");
  return *encoders_;
}

PictureRows Subject::pictures(const PictureInput& input, Truth truth, const Check& check) {
  if (!input.images.empty()) return embedded(input, truth, check);
  PictureRows rows = given_pictures(input);
  const Labels labels = read_labels(input.labels, rows.embeddings(), data().label_column);
  for (std::size_t i = 0; i < rows.samples.size(); ++i) {
    rows.samples[i].label = labels.words[i];
    rows.samples[i].number = labels.numbers;
  }
  keep_labelled(rows, unlabelled(labels, class_list()));
  check(rows.samples);
  return rows;
}

PictureRows Subject::given_pictures(const PictureInput& input) {
  if (input.embeddings.empty()) fail(ErrorKind::usage, "no vectors; give --image-embeddings FILE");
  Embeddings embeddings = unit_rows_of(input.embeddings);
  note_vectors(input.embeddings, embeddings);
  if (&input == &request_.pictures) count_pictures(embeddings.vectors.rows());
  PictureRows rows;
  rows.samples = samples_of(embeddings);
  rows.facts["image_embeddings"] = file_json(input.embeddings, embeddings);
  rows.has_ids = !embeddings.ids.empty();
  if (!input.labels.empty()) {
    rows.facts["labels"] = input.labels.string();
    rows.facts["labels_sha256"] = sha256_file(input.labels);
  }
  rows.counts = {{"skipped", 0}};
  rows.vectors = std::move(embeddings.vectors);
  return rows;
}

// Published figures refer to one split; other pictures give other figures.
void Subject::count_pictures(std::int64_t found) {
  done_.pictures = found;
  if (data().pictures == 0 || found == data().pictures) return;
  log_warning("{} pictures, but the published figures refer to {}: {}", found, data().pictures,
              data().split);
}

void Subject::compare_with_split(const SampleSet& set) {
  count_pictures(static_cast<std::int64_t>(set.samples.size()));
  if (data().pictures == 0 && set.list_missing)
    log_warning("the benchmark's list {} is not there, so published figures need not agree",
                data().list);
}

PictureRows Subject::embedded(const PictureInput& input, Truth truth, const Check& check) {
  SampleSet set =
      read_samples({.images = input.images, .list = input.list, .data = data(), .truth = truth});
  if (truth != Truth::captions) {
    set.drop(unlabelled(labels_of(set.samples), class_list()));
    if (set.samples.empty()) fail_without_labels();
  }
  if (&input == &request_.pictures) compare_with_split(set);
  check(set.samples);
  return vectors_for(set, input);
}

PictureRows Subject::vectors_for(const SampleSet& set, const PictureInput& input) {
  PictureRows rows;
  rows.facts = facts_of(set);
  PictureVectors vectors;
  if (!input.embeddings.empty()) {
    const Embeddings embeddings = unit_rows_of(input.embeddings);
    note_vectors(input.embeddings, embeddings);
    rows.facts["image_embeddings"] = file_json(input.embeddings, embeddings);
    vectors = vectors_by_id(set, embeddings, input.embeddings.string());
  } else {
    PictureVectorOptions options;
    options.embed = embed_options();
    const PictureModel tower = picture_model(encoders().image());
    options.embed.resize = parse_resize_mode(facts.at("resize").get<std::string>());
    options.cache = request_.cache;
    options.columns = encoders().config().embedding_width;
    for (const char* key : {"model", "resize", "device", "precision"})
      options.model[key] = facts.at(key);
    options.model["max_pixels"] = request_.max_pixels;
    options.model["model"].erase("folder");
    vectors = embed_samples(set, tower, options);
    rows.facts["from_cache"] = vectors.from_cache;
  }
  rows.counts = counts_of(set, vectors);
  rows.skipped = static_cast<std::int64_t>(vectors.skipped.size()) + set.missing;
  for (const std::size_t sample : vectors.kept) rows.samples.push_back(set.samples[sample]);
  rows.vectors = std::move(vectors.vectors);
  return rows;
}

void Subject::note_texts(std::span<const std::string> texts) {
  const TextModel tower = text_tower();
  for (const std::string& text : texts) {
    if (tower.tokenizer->count(text) <= tower.context) continue;
    if (truncated_++ == 0)
      log_warning("texts past {} tokens lose their end; the first is: {}", tower.context, text);
  }
  facts["texts"] = texts.size();
  facts["truncated_texts"] = truncated_;
}

EmbedOptions Subject::embed_options() const {
  EmbedOptions options;
  options.max_pixels = request_.max_pixels;
  options.threads = request_.compute.threads;
  return options;
}

Matrix Subject::texts(std::span<const std::string> texts) {
  note_texts(texts);
  return embed_texts(texts, text_tower(), embed_options());
}

Embeddings Subject::given_texts() {
  Embeddings embeddings = unit_rows_of(request_.text_embeddings);
  note_vectors(request_.text_embeddings, embeddings);
  facts["text_embeddings"] = file_json(request_.text_embeddings, embeddings);
  return embeddings;
}

std::optional<ClassList> Subject::classes() {
  if (classes_) facts["classes_file"] = text().classes;
  return classes_;
}

std::vector<std::string> Subject::templates() {
  if (!text().templates.empty()) facts["templates_file"] = text().templates;
  std::vector<std::string> templates = text().all_templates();
  require_class_marks(templates);
  facts["templates"] = templates;
  return templates;
}

std::vector<std::string> Subject::model_names() const {
  if (!request_.published_as.empty()) return {request_.published_as};
  if (encoders_ == nullptr) return {};
  const std::string& source = encoders_->config().source;
  std::vector<std::string> names{fs::path(source).stem().string(),
                                 fs::path(request_.model).lexically_normal().filename().string()};
  if (const CatalogueEntry* entry = find_catalogue_entry(source))
    std::ranges::copy(entry->published_as, std::back_inserter(names));
  return names;
}

std::string Subject::architecture() const {
  return encoders_ != nullptr ? encoders_->config().architecture : "";
}

}  // namespace skyglot
