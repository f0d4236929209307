// SPDX-License-Identifier: Apache-2.0
#include "weights/provenance.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "weights/catalogue.hpp"
#include "weights/configurations.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxConfig = 1 << 20;

// The JSON file beside the checkpoint, or null.
ReadJson read_beside(const fs::path& file, const char* name) {
  const fs::path path = file.parent_path() / name;
  if (!fs::exists(path)) return nullptr;
  return reading_json(path.string(), "fetch it again or move it away", [&] {
    ReadJson json = parse_json(read_file(path, kMaxConfig));
    if (!json.is_object()) fail(ErrorKind::format, "{}: not a JSON object", path.string());
    return json;
  });
}

void read_hugging_face(Provenance& facts, const fs::path& file) {
  const ReadJson config = read_beside(file, "config.json");
  if (config.is_null()) return;
  if (config.contains("weights_sha256"))
    fail(ErrorKind::usage,
         "{} is a model folder already: give it as --model; what its config.json says can be "
         "changed there",
         file.parent_path().string());
  if (config.contains("pretrained_cfg")) return read_timm(facts, config["pretrained_cfg"]);
  read_transformers(facts, config, read_beside(file, "preprocessor_config.json"));
}

// Configurations speak for the file that their makers name so, not for whatever lies beside them.
void read_configurations(Provenance& facts, const fs::path& file) {
  const std::string name = file.filename().string();
  if (name.starts_with("open_clip_")) {
    const ReadJson config = read_beside(file, "open_clip_config.json");
    if (!config.is_null()) read_open_clip(facts, config);
  } else if (name.starts_with("model.safetensors") || name.starts_with("model-") ||
             name.starts_with("pytorch_model")) {
    read_hugging_face(facts, file);
  }
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

// Ours: "M,M,M" under mean and std. What others write under these names may be anything.
void read_metadata(Provenance& facts, const Checkpoint& checkpoint) {
  const auto mean = checkpoint.metadata.find("mean");
  const auto std = checkpoint.metadata.find("std");
  if (facts.normalisation || mean == checkpoint.metadata.end() || std == checkpoint.metadata.end())
    return;
  const auto bare = [](std::string text) {
    for (const char* bracket : {"[", "]", "(", ")", " "}) text = replace_all(text, bracket, "");
    return text;
  };
  if (const auto found = read_normalisation(bare(mean->second) + ":" + bare(std->second)))
    facts.normalisation = {*found, "the file's own metadata"};
}

void read_classes(Provenance& facts, const Checkpoint& checkpoint) {
  if (checkpoint.has_quick_gelu && !facts.activation)
    facts.activation = {Activation::quick_gelu, "the archive's own class QuickGELU"};
}

}  // namespace

Provenance find_provenance(const fs::path& file, const std::string& sha256,
                           const Checkpoint& checkpoint) {
  Provenance facts;
  read_catalogue(facts, file, sha256);
  read_configurations(facts, file);
  read_metadata(facts, checkpoint);
  read_classes(facts, checkpoint);
  return facts;
}

}  // namespace skyglot
