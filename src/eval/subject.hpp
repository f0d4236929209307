// SPDX-License-Identifier: Apache-2.0
// What is evaluated: the request with its manifest laid under it, the model, its vectors.
#pragma once

#include "embed/embed.hpp"
#include "embed/vectors.hpp"
#include "eval/classes.hpp"
#include "eval/departures.hpp"
#include "eval/evaluation.hpp"
#include "eval/one_model.hpp"
#include "eval/samples.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// Pictures as unit rows, each with what is true of it.
struct PictureRows {
  RowSource vectors;
  std::vector<PictureSample> samples;  ///< one a row
  bool has_ids = true;                 ///< false: ids are row numbers, for the file had none
  std::int64_t skipped = 0;            ///< pictures that gave no row
  nlohmann::ordered_json counts;       ///< how many were dropped, skipped, missing, with examples
  nlohmann::ordered_json facts;        ///< where they came from

  [[nodiscard]] Labels labels() const { return labels_of(samples); }
  [[nodiscard]] std::vector<std::string> ids() const;
  /// Ids and vectors: what a file of labels is matched with.
  [[nodiscard]] Embeddings embeddings() const;
  /// Takes the others out.
  void keep(const std::vector<bool>& kept);
};

/// The request with the manifest's values where the request is silent. Reads the model when it is
/// first needed and remembers what has to be told about the evaluation.
class Subject {
 public:
  /// `tasks`: the benchmarks the protocol can be held on; another is Error(usage) naming its own.
  Subject(const EvaluationRequest& request, std::initializer_list<Task> tasks);
  ~Subject();

  /// Called with the samples before any picture is read, to refuse what makes no sense. Samples
  /// without a label are taken out before, if labels are asked for.
  using Check = std::function<void(const std::vector<PictureSample>& samples)>;

  /// Pictures through the model, or vectors from a file with their labels.
  [[nodiscard]] PictureRows pictures(const PictureInput& input, Truth truth, const Check& check);
  /// Unit rows from a file, their ids as samples; nothing is known of them.
  [[nodiscard]] PictureRows given_pictures(const PictureInput& input);

  /// Throws Error(usage) without a model: its texts, or vectors of texts, are needed.
  void require_model() { (void)encoders(); }
  /// The model's text tower.
  [[nodiscard]] TextModel text_tower() { return text_model(encoders().text()); }
  /// Counts texts that go through it; those past its context are counted too, and the first is
  /// named on stderr.
  void note_texts(std::span<const std::string> texts);
  /// How pictures and texts are embedded.
  [[nodiscard]] EmbedOptions embed_options() const;
  /// One unit row a text; notes them.
  [[nodiscard]] Matrix texts(std::span<const std::string> texts);
  /// Unit rows of the file of text embeddings.
  [[nodiscard]] Embeddings given_texts();

  /// The class list asked for, if one was.
  [[nodiscard]] std::optional<ClassList> classes();
  /// The templates asked for; notes them as facts.
  [[nodiscard]] std::vector<std::string> templates();

  [[nodiscard]] const EvaluationRequest& request() const { return request_; }
  [[nodiscard]] const DataRules& data() const { return done_.protocol.data; }
  [[nodiscard]] const TextRules& text() const { return done_.protocol.text; }

  /// Facts that "evaluated" shows, in the order they were noted.
  nlohmann::ordered_json facts;
  /// What is done, as far as published figures depend on it.
  [[nodiscard]] const DoneProtocol& done() const { return done_; }
  /// What was done otherwise than the manifest says; empty without a manifest.
  [[nodiscard]] std::vector<std::string> departures() const;
  /// Names under which published figures may stand for this model; may be empty.
  [[nodiscard]] std::vector<std::string> model_names() const;
  [[nodiscard]] std::string architecture() const;

 private:
  const Encoders& encoders();
  void note_model();
  void note_vectors(const std::filesystem::path& file, const Embeddings& embeddings);
  void compare_with_split(const SampleSet& set);
  void count_pictures(std::int64_t found);
  PictureRows embedded(const PictureInput& input, Truth truth, const Check& check);
  PictureRows vectors_for(const SampleSet& set, const PictureInput& input);

  [[nodiscard]] const ClassList* class_list() const { return classes_ ? &*classes_ : nullptr; }

  const EvaluationRequest& request_;
  DoneProtocol done_;
  std::optional<ClassList> classes_;
  std::unique_ptr<Encoders> opened_;
  const Encoders* encoders_ = nullptr;
  std::int64_t truncated_ = 0;
  OneModel one_model_;
};

}  // namespace skyglot
