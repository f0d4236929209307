// SPDX-License-Identifier: Apache-2.0
#include "eval/subject.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/linear_algebra.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "embed/job.hpp"
#include "eval/departures.hpp"
#include "eval/picture_vectors.hpp"
#include "eval/truth_file.hpp"
#include "scores/row_blocks.hpp"
#include "tokens/tokenizer.hpp"
#include "weights/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kExamples = 10;

DataRules data_rules(const EvaluationRequest& request) {
  DataRules data = request.manifest ? request.manifest->data : DataRules{};
  if (!request.path_column.empty()) data.path_column = request.path_column;
  if (!request.label_column.empty()) data.label_column = request.label_column;
  if (!request.caption_column.empty()) data.caption_column = request.caption_column;
  if (request.split) data.karpathy_split = *request.split;
  return data;
}

Json model_json(const fs::path& folder, const ModelConfig& config) {
  Json json{{"folder", folder.string()}};
  json.update(about_model(config));
  json["source_sha256"] = config.source_sha256;
  json["embedding_width"] = config.embedding_width;
  return json;
}

Json file_json(const fs::path& path, const Embeddings& embeddings) {
  Json json{{"path", path.string()},
            {"rows", embeddings.vectors.rows},
            {"columns", embeddings.vectors.cols}};
  json["sha256"] = sha256_file(fs::is_directory(path) ? path / "vectors.f16" : path);
  if (!embeddings.about.empty()) json["about"] = embeddings.about;
  return json;
}

void require_directions(const Matrix& vectors, const fs::path& path) {
  for (std::int64_t i = 0; i < vectors.rows; ++i)
    if (std::ranges::all_of(vectors.row(i), [](float value) { return value == 0; }))
      fail(ErrorKind::input,
           "{}: row {} holds nothing but zeros, which no model gives; make it anew", path.string(),
           i);
}

Embeddings unit_rows_of(const fs::path& path) {
  Embeddings embeddings = read_embeddings(path);
  if (embeddings.vectors.rows == 0) fail(ErrorKind::input, "{}: no rows", path.string());
  require_finite(embeddings.vectors, path.string());
  require_directions(embeddings.vectors, path);
  normalise_rows(embeddings.vectors);
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

// Rows of a file of vectors for the samples, found by id.
PictureVectors vectors_by_id(const SampleSet& set, const Embeddings& embeddings) {
  std::unordered_map<std::string, std::int64_t> rows;
  for (std::size_t i = 0; i < embeddings.ids.size(); ++i)
    rows.emplace(embeddings.ids[i], static_cast<std::int64_t>(i));
  PictureVectors result;
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    const auto found = rows.find(set.samples[i].id);
    if (found == rows.end()) {
      result.skipped.push_back({i, "no such id among the embeddings"});
      continue;
    }
    const auto row = embeddings.vectors.row(found->second);
    result.vectors.values.insert(result.vectors.values.end(), row.begin(), row.end());
    result.kept.push_back(i);
  }
  if (result.kept.empty())
    fail(ErrorKind::input, "none of the pictures is among the ids of the embeddings");
  result.vectors.cols = embeddings.vectors.cols;
  result.vectors.rows = static_cast<std::int64_t>(result.kept.size());
  return result;
}

std::vector<PictureSample> samples_of(const Embeddings& embeddings) {
  std::vector<PictureSample> samples(static_cast<std::size_t>(embeddings.vectors.rows));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i].id = embeddings.ids.empty() ? std::to_string(i) : embeddings.ids[i];
  return samples;
}

}  // namespace

std::vector<std::string> PictureRows::labels() const {
  std::vector<std::string> labels;
  for (const PictureSample& sample : samples) labels.push_back(sample.label);
  return labels;
}

std::vector<std::string> PictureRows::ids() const {
  std::vector<std::string> ids;
  for (const PictureSample& sample : samples) ids.push_back(sample.id);
  return ids;
}

Embeddings PictureRows::outline() const {
  Embeddings embeddings;
  if (has_ids) embeddings.ids = ids();
  embeddings.vectors.rows = vectors.rows;
  return embeddings;
}

Subject::Subject(const EvaluationRequest& request, std::initializer_list<Task> tasks)
    : request_(request), data_(data_rules(request)) {
  if (request.manifest && std::ranges::find(tasks, request.manifest->task) == tasks.end())
    fail(ErrorKind::usage, "the benchmark {} is held by another command: skyglot eval {}",
         request.manifest->key, to_string(request.manifest->task));
  if (request.pictures.empty())
    fail(ErrorKind::usage,
         "nothing to evaluate: give --images PATH with --model DIR, or --image-embeddings FILE");
  request.bootstrap.validate();
  facts["skyglot"] = version();
  if (!request.model.empty()) {
    encoder_ = std::make_unique<Encoder>(request.model, request.compute);
    note_model();
  }
  departures_ = departures_of(
      request, encoder_ ? encoder_->config().preprocess.resize : ResizeMode::shortest);
}

Subject::~Subject() = default;

void Subject::note_model() {
  const ModelConfig& config = encoder_->config();
  facts["model"] = model_json(request_.model, config);
  one_model_.meet("--model", facts["model"]);
  ResizeMode resize = config.preprocess.resize;
  if (request_.manifest && request_.manifest->resize) resize = *request_.manifest->resize;
  facts["resize"] = to_string(request_.resize.value_or(resize));
  facts["device"] = to_string(request_.compute.device);
  facts["precision"] = computed_as(request_.compute);
  facts["computed_with"] = computed_with(request_.compute);
}

// Vectors say which model made them, if they are ours.
void Subject::note_vectors(const fs::path& file, const Embeddings& embeddings) {
  if (embeddings.about.is_object() && embeddings.about.contains("model"))
    one_model_.meet(file.string(), embeddings.about.at("model"));
}

const Encoder& Subject::encoder() {
  if (!encoder_)
    fail(ErrorKind::usage,
         "no model; give --model DIR (a folder written by 'skyglot model import'), or all vectors "
         "by --image-embeddings and --text-embeddings");
  return *encoder_;
}

PictureRows Subject::pictures(const PictureInput& input, Truth truth, const Check& check) {
  if (!input.images.empty()) return embedded(input, truth, check);
  PictureRows rows = given_pictures(input);
  const auto labels = read_labels(input.labels, rows.outline(), data_.label_column);
  for (std::size_t i = 0; i < labels.size(); ++i) rows.samples[i].label = labels[i];
  check(rows.samples);
  return rows;
}

PictureRows Subject::given_pictures(const PictureInput& input) {
  if (input.embeddings.empty()) fail(ErrorKind::usage, "no vectors; give --image-embeddings FILE");
  Embeddings embeddings = unit_rows_of(input.embeddings);
  note_vectors(input.embeddings, embeddings);
  if (&input == &request_.pictures) count_pictures(embeddings.vectors.rows);
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
  if (data_.pictures == 0 || found == data_.pictures) return;
  departures_.emplace_back("pictures");
  log_warning("{} pictures, but the published figures refer to {}: {}", found, data_.pictures,
              data_.split);
}

void Subject::compare_with_split(const SampleSet& set) {
  count_pictures(static_cast<std::int64_t>(set.samples.size()));
  if (data_.pictures == 0 && set.list_missing)
    log_warning("the benchmark's list {} is not there, so published figures need not agree",
                data_.list);
}

PictureRows Subject::embedded(const PictureInput& input, Truth truth, const Check& check) {
  const SampleSet set =
      read_samples({.images = input.images, .list = input.list, .data = data_, .truth = truth});
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
    vectors = vectors_by_id(set, embeddings);
  } else {
    PictureVectorOptions options;
    options.embed.max_pixels = request_.max_pixels;
    options.embed.threads = request_.compute.threads;
    const PictureModel tower = picture_model(encoder());
    options.embed.resize = parse_resize_mode(facts.at("resize").get<std::string>());
    options.cache = request_.cache;
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

Matrix Subject::texts(std::span<const std::string> texts, bool normalise) {
  const TextModel tower = text_model(encoder());
  for (const std::string& text : texts) {
    if (clip_tokenizer().count(text) <= tower.context) continue;
    if (truncated_++ == 0)
      log_warning("texts past {} tokens lose their end; the first is: {}", tower.context, text);
  }
  facts["texts"] = texts.size();
  facts["truncated_texts"] = truncated_;
  EmbedOptions options;
  options.normalise = normalise;
  options.threads = request_.compute.threads;
  return embed_texts(texts, tower, options);
}

Embeddings Subject::given_texts() {
  Embeddings embeddings = unit_rows_of(request_.text_embeddings);
  note_vectors(request_.text_embeddings, embeddings);
  facts["text_embeddings"] = file_json(request_.text_embeddings, embeddings);
  return embeddings;
}

std::optional<ClassList> Subject::classes() {
  std::string name = request_.classes;
  if (name.empty() && request_.manifest) name = request_.manifest->text.classes;
  if (name.empty()) return std::nullopt;
  facts["classes_file"] = name;
  return read_classes(name);
}

std::vector<std::string> Subject::templates() {
  std::vector<std::string> templates = request_.templates;
  std::string file = request_.templates_file;
  if (templates.empty() && file.empty() && request_.manifest)
    file = request_.manifest->text.templates;
  if (!file.empty()) {
    facts["templates_file"] = file;
    std::ranges::move(read_templates(file), std::back_inserter(templates));
  }
  require_class_marks(templates);
  facts["templates"] = templates;
  return templates;
}

Averaging Subject::averaging() const {
  if (request_.averaging) return *request_.averaging;
  return request_.manifest ? request_.manifest->text.averaging : Averaging::normalised;
}

std::string Subject::prefix() const {
  if (request_.prefix) return *request_.prefix;
  return request_.manifest ? request_.manifest->text.prefix : "";
}

bool Subject::capitalise() const {
  if (request_.capitalise) return *request_.capitalise;
  return request_.manifest && request_.manifest->text.capitalise;
}

std::vector<std::string> Subject::model_names() const {
  if (!request_.published_as.empty()) return {request_.published_as};
  if (!encoder_) return {};
  const std::string& source = encoder_->config().source;
  std::vector<std::string> names{fs::path(source).stem().string(),
                                 fs::path(request_.model).lexically_normal().filename().string()};
  if (const CatalogueEntry* entry = find_catalogue_entry(source))
    std::ranges::copy(entry->published_as, std::back_inserter(names));
  return names;
}

std::string Subject::architecture() const {
  return encoder_ ? encoder_->config().architecture : "";
}

}  // namespace skyglot
