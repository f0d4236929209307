// SPDX-License-Identifier: Apache-2.0
#include "weights/model_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/resource.hpp"
#include "weights/safetensors.hpp"

#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kConfigName = "config.json";
constexpr const char* kVocabulary = "vocabulary.txt";
constexpr std::uint64_t kMaxConfigBytes = 1 << 20;
constexpr std::uint64_t kMaxVocabularyBytes = 64 << 20;

void check_finite(const TensorMap& weights, const std::string& where) {
  for (const auto& [name, tensor] : weights)
    for (const float value : to_floats(tensor))
      if (!std::isfinite(value))
        fail(ErrorKind::format, "{}: tensor {} holds {}; such a model can only give nonsense",
             where, name, value);
}

ModelConfig read_config(const fs::path& path) {
  const nlohmann::json json = reading_json(path.string(), "import the model again", [&] {
    return parse_json(read_file(path, kMaxConfigBytes));
  });
  if (json.is_object() && !json.contains("schema"))
    fail(ErrorKind::input,
         "{} is not a configuration of skyglot; run \"skyglot model import {} --output DIR\" first",
         path.string(), path.parent_path().string());
  return model_config_from_json(json, path.string());
}

void check_hash(const fs::path& weights, const ModelConfig& config) {
  const std::string hash = sha256_file(weights);
  if (hash != config.weights_sha256)
    fail(ErrorKind::format,
         "{}: SHA-256 {} is not the {} that {} beside it promises; the file was changed or its "
         "writing "
         "was cut short, import the model again",
         weights.string(), hash, config.weights_sha256, kConfigName);
}

bool has_word_pieces(const ModelConfig& config) {
  return config.text && config.text->tokens == TokenScheme::word_pieces;
}

std::string read_vocabulary(const fs::path& path, const TextConfig& text) {
  std::string vocabulary = read_file(path, kMaxVocabularyBytes);
  if (sha256(vocabulary) != text.vocabulary_sha256)
    fail(ErrorKind::format,
         "{}: its SHA-256 is not the one that {} beside it promises; words would mean something "
         "else: import the model again",
         path.string(), kConfigName);
  return vocabulary;
}

}  // namespace

fs::path model_folder_of(const fs::path& folder) {
  if (fs::exists(folder) || folder.empty() || folder.has_parent_path()) return folder;
  return find_data_folder(fs::path("models") / folder).value_or(folder);
}

StoredModel load_model_folder(const fs::path& asked, bool verify) {
  const fs::path folder = model_folder_of(asked);
  const fs::path weights = folder / kWeights;
  if (fs::is_regular_file(folder))
    fail(ErrorKind::input,
         "{} is a file, not a model folder; make one of it with \"skyglot model import {} "
         "--output models/NAME\"",
         folder.string(), folder.string());
  if (!fs::is_directory(folder) || !fs::exists(folder / kConfigName) || !fs::exists(weights))
    fail(ErrorKind::input,
         "{} is not a model folder ({} with {}); make one with \"skyglot model import FILE "
         "--output {}\"",
         folder.string(), kWeights, kConfigName, folder.string());
  StoredModel model{read_config(folder / kConfigName), {}};
  if (has_word_pieces(model.config))
    model.vocabulary = read_vocabulary(folder / kVocabulary, *model.config.text);
  if (verify) check_hash(weights, model.config);
  model.weights = read_safetensors(weights).tensors;
  check_tensors(model.config, model.weights, weights.string());
  return model;
}

void save_model_folder(const fs::path& folder, StoredModel model) {
  const fs::path weights = folder / kWeights;
  check_tensors(model.config, model.weights, weights.string());
  check_finite(model.weights, model.config.source.empty() ? weights.string() : model.config.source);
  make_folder(folder);
  write_safetensors(weights, model.weights, {{"format", "pt"}});
  model.config.weights_sha256 = sha256_file(weights);
  if (has_word_pieces(model.config)) {
    write_file_atomically(folder / kVocabulary, model.vocabulary);
    model.config.text->vocabulary_sha256 = sha256(model.vocabulary);
  }
  write_file_atomically(folder / kConfigName, json_text(to_json(model.config), 2) + "\n");
}

}  // namespace skyglot
