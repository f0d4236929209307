// SPDX-License-Identifier: Apache-2.0
#include "weights/provenance.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "weights/catalogue.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint64_t kMaxConfig = 1 << 20;

// The JSON file beside the checkpoint, or null.
Json read_beside(const fs::path& file, const char* name) {
  const fs::path path = file.parent_path() / name;
  if (!fs::exists(path)) return nullptr;
  return reading_json(path.string(), "fetch it again or move it away", [&] {
    Json json = Json::parse(read_file(path, kMaxConfig));
    if (!json.is_object()) fail(ErrorKind::format, "{}: not a JSON object", path.string());
    return json;
  });
}

const Json& at_or_null(const Json& json, const char* key) {
  static const Json null;
  return json.is_object() && json.contains(key) ? json[key] : null;
}

std::optional<std::int64_t> integer_at(const Json& json, const char* key) {
  const Json& value = at_or_null(json, key);
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

std::optional<Normalisation> normalisation_of(const Json& mean, const Json& std) {
  Normalisation normalisation;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!mean.is_array() || !std.is_array() || mean.size() != 3 || std.size() != 3)
      return std::nullopt;
    if (!mean[i].is_number() || !std[i].is_number() || !(std[i].get<float>() > 0))
      return std::nullopt;
    normalisation.mean[i] = mean[i].get<float>();
    normalisation.std[i] = std[i].get<float>();
  }
  return normalisation;
}

template <typename T>
void set_first(std::optional<Sourced<T>>& fact, const std::optional<T>& value,
               const std::string& source) {
  if (!fact && value) fact = Sourced<T>{*value, source};
}

Activation hugging_face_activation(const std::string& word, const fs::path& file) {
  if (word == "quick_gelu" || word == "gelu") return parse_activation(word);
  fail(ErrorKind::format,
       "{}: config.json beside it says activation \"{}\"; skyglot runs gelu and quick_gelu",
       file.string(), word);
}

// Of transformers' image processors: {"shortest_edge": n} with a crop, {"height": n, "width": n}.
std::optional<ResizeMode> resize_of(const Json& preprocessor) {
  const Json& size = at_or_null(preprocessor, "size");
  if (!size.is_object()) return std::nullopt;
  if (size.contains("shortest_edge")) return ResizeMode::shortest;
  const Json& crop = at_or_null(preprocessor, "do_center_crop");
  const bool crops = crop.is_boolean() && crop.get<bool>();
  return size.contains("height") && !crops ? std::optional(ResizeMode::squash) : std::nullopt;
}

// config.json of transformers (CLIPModel in two halves, ViT and Dinov2 in one) or of timm.
void read_hugging_face(Provenance& facts, const fs::path& file) {
  const Json config = read_beside(file, "config.json");
  if (config.is_null()) return;
  if (config.contains("weights_sha256"))
    fail(ErrorKind::usage,
         "{} is a model folder already: give it as --model; what its config.json says can be "
         "changed there",
         file.parent_path().string());
  const Json& vision = config.contains("vision_config") ? config["vision_config"] : config;
  if (const Json& word = at_or_null(vision, "hidden_act"); word.is_string())
    set_first(facts.activation,
              std::optional(hugging_face_activation(word.get<std::string>(), file)),
              "config.json beside the file");
  facts.vision_heads = integer_at(vision, "num_attention_heads");
  facts.text_heads = integer_at(at_or_null(config, "text_config"), "num_attention_heads");
  if (const Json& epsilon = at_or_null(vision, "layer_norm_eps"); epsilon.is_number())
    facts.layer_norm_epsilon = epsilon.get<double>();
  const Json preprocessor = read_beside(file, "preprocessor_config.json");
  set_first(facts.normalisation,
            normalisation_of(at_or_null(preprocessor, "image_mean"),
                             at_or_null(preprocessor, "image_std")),
            "preprocessor_config.json beside the file");
  set_first(facts.resize, resize_of(preprocessor), "preprocessor_config.json beside the file");
  const Json& timm = at_or_null(config, "pretrained_cfg");
  set_first(facts.normalisation,
            normalisation_of(at_or_null(timm, "mean"), at_or_null(timm, "std")),
            "config.json beside the file");
}

std::optional<ResizeMode> open_clip_resize(const Json& word, const fs::path& file) {
  if (!word.is_string()) return std::nullopt;
  if (word == "shortest" || word == "squash") return parse_resize_mode(word.get<std::string>());
  log_warning(
      "{}: open_clip_config.json beside it says resize_mode {}, which skyglot does not know",
      file.string(), word.dump());
  return std::nullopt;
}

void read_open_clip(Provenance& facts, const fs::path& file) {
  const Json config = read_beside(file, "open_clip_config.json");
  const Json& model = at_or_null(config, "model_cfg");
  if (!model.is_object()) return;
  const std::string source = "open_clip_config.json beside the file";
  const Json& quick = at_or_null(model, "quick_gelu");
  const bool is_quick = quick.is_boolean() && quick.get<bool>();
  set_first(facts.activation, std::optional(is_quick ? Activation::quick_gelu : Activation::gelu),
            source);
  const Json& preprocess = at_or_null(config, "preprocess_cfg");
  set_first(facts.normalisation,
            normalisation_of(at_or_null(preprocess, "mean"), at_or_null(preprocess, "std")),
            source);
  set_first(facts.resize, open_clip_resize(at_or_null(preprocess, "resize_mode"), file), source);
}

// Configurations speak for the file that their makers name so, not for whatever lies beside them.
void read_configurations(Provenance& facts, const fs::path& file) {
  const std::string name = file.filename().string();
  if (name.starts_with("open_clip_")) return read_open_clip(facts, file);
  if (name.starts_with("model.safetensors") || name.starts_with("model-") ||
      name.starts_with("pytorch_model"))
    read_hugging_face(facts, file);
}

void read_catalogue(Provenance& facts, const fs::path& file, const std::string& sha256) {
  const CatalogueEntry* entry = recognise(file.filename().string(), sha256);
  if (entry == nullptr) return;
  const std::string source = fmt::format("catalogue entry {}, by its {}", entry->name,
                                         entry->sha256.empty() ? "file name" : "SHA-256");
  facts.activation = {entry->activation, source};
  facts.normalisation = {entry->normalisation, source};
  facts.catalogue_name = entry->name;
  facts.architecture = entry->architecture;
  facts.licence = entry->licence;
}

void read_metadata(Provenance& facts, const Checkpoint& checkpoint) {
  const auto mean = checkpoint.metadata.find("mean");
  const auto std = checkpoint.metadata.find("std");
  if (facts.normalisation || mean == checkpoint.metadata.end() || std == checkpoint.metadata.end())
    return;
  facts.normalisation = {parse_normalisation(mean->second + ":" + std->second),
                         "the file's own metadata"};
}

void read_container(Provenance& facts, const Checkpoint& checkpoint) {
  if (checkpoint.container != Container::torch_script) return;
  const std::string source = "TorchScript archive, as OpenAI publishes CLIP";
  set_first(facts.activation, std::optional(Activation::quick_gelu), source);
  set_first(facts.normalisation, std::optional(parse_normalisation("clip")), source);
}

}  // namespace

Provenance find_provenance(const fs::path& file, const std::string& sha256,
                           const Checkpoint& checkpoint) {
  Provenance facts;
  read_catalogue(facts, file, sha256);
  read_configurations(facts, file);
  read_metadata(facts, checkpoint);
  read_container(facts, checkpoint);
  return facts;
}

}  // namespace skyglot
