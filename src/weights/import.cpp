// SPDX-License-Identifier: Apache-2.0
#include "weights/import.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "weights/known_extras.hpp"
#include "weights/preparation.hpp"
#include "weights/provenance.hpp"
#include "weights/tensor_names.hpp"

#include <algorithm>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

TensorView as_float32(const TensorView& tensor, const std::vector<std::int64_t>& shape) {
  if (tensor.type == ElementType::f32) return {tensor.type, shape, tensor.bytes, tensor.owner};
  return make_tensor(to_floats(tensor), shape);
}

// open_clip keeps the scale as a scalar or as a list of one.
bool is_same_shape(const std::vector<std::int64_t>& found,
                   const std::vector<std::int64_t>& expected) {
  return found == expected || (expected.empty() && found == std::vector<std::int64_t>{1});
}

void take_tensors(ImportResult& result, const NamedTensors& named, const std::string& where) {
  std::set<std::string> known;
  for (const auto& [name, shape, start, value] : model_tensors(result.model.config)) {
    known.insert(name);
    const auto found = named.tensors.find(name);
    if (found == named.tensors.end()) {
      result.missing.push_back(name);
      continue;
    }
    if (!is_same_shape(found->second.shape, shape))
      fail(ErrorKind::format, "{}: tensor {} is {} where an architecture with these sizes has {}",
           where, named.sources.at(name), shape_text(found->second.shape), shape_text(shape));
    result.model.weights[name] = as_float32(found->second, shape);
    result.matched.emplace_back(name, named.sources.at(name));
  }
  for (const auto& [name, source] : named.sources)
    if (!known.contains(name)) result.ignored.push_back(source);
  std::ranges::sort(result.ignored);
}

[[noreturn]] void ask_for_activation(const std::string& where) {
  fail(ErrorKind::usage,
       "{}: nothing says which activation these weights were trained with, and the wrong one gives "
       "plausible but worse "
       "results. Give --activation quick_gelu (OpenAI's CLIP and what was tuned from it: "
       "RemoteCLIP, SkyCLIP L/14, "
       "GeoRSCLIP B/32, metaclip, dfn) or --activation gelu (laion2b and datacomp weights, SkyCLIP "
       "B/32); the training "
       "log or the model card names the start",
       where);
}

void decide_activation(ImportResult& result, const ModelImportOptions& options,
                       const Provenance& facts, const std::string& where) {
  ModelConfig& config = result.model.config;
  if (options.activation) {
    config.set_activation(*options.activation);
    result.activation_source = "--activation";
    if (facts.activation && facts.activation->value != *options.activation)
      log_warning("{}: --activation {} contradicts the {}, which says {}", where,
                  to_string(*options.activation), facts.activation->source,
                  to_string(facts.activation->value));
  } else if (facts.activation) {
    config.set_activation(facts.activation->value);
    if (config.text && facts.text_activation)
      config.text->transformer.activation = *facts.text_activation;
    result.activation_source = facts.activation->source;
  } else if (config.kind == ModelKind::vit) {
    config.set_activation(Activation::gelu);
    result.activation_source = "all of DINO and timm's ViT use it";
  } else {
    ask_for_activation(where);
  }
}

// Settings of the towers that their configuration gives.
void take_tower_facts(ModelConfig& config, const ModelImportOptions& options,
                      const Provenance& facts) {
  TransformerConfig& vision = config.vision.transformer;
  vision.layer_norm_epsilon = facts.vision.layer_norm_epsilon.value_or(vision.layer_norm_epsilon);
  config.vision.pooling = options.pooling.value_or(facts.pooling.value_or(Pooling::cls));
  if (!config.text) return;
  TransformerConfig& text = config.text->transformer;
  text.layer_norm_epsilon = facts.text.layer_norm_epsilon.value_or(text.layer_norm_epsilon);
  config.text->pooling = facts.text_pooling.value_or(TextPooling::end);
  config.text->causal = !facts.text_sees_all;
  config.text->sees_padding = facts.text_sees_all;
}

// Settings of configurations that are not followed must have been settled by their option.
void demand_settled(const ModelImportOptions& options, const Provenance& facts,
                    const std::string& where) {
  for (const auto& [option, message] : facts.unsupported) {
    if ((option == "--resize" && options.resize) || (option == "--heads" && options.heads.vision) ||
        (option == "--interpolation" && options.interpolation) ||
        (option == "--activation" && options.activation) ||
        (option == "--normalisation" && options.normalisation))
      continue;
    fail(ErrorKind::format, "{}: {}{}", where, message,
         option.empty() ? "" : fmt::format("; say with {} what to do instead", option));
  }
}

// A file that only its name says to be of the catalogue must at least have the architecture.
void check_architecture(const Provenance& facts, const ModelConfig& config,
                        const std::string& where) {
  if (facts.architecture.empty() || facts.architecture == config.architecture) return;
  if (config.kind == ModelKind::vit) return;  // DINO and timm share sizes
  fail(ErrorKind::format,
       "{}: named like {} of the catalogue, which is a {}, but it holds a {}; rename the file",
       where, facts.catalogue_name, facts.architecture, config.architecture);
}

HeadCounts heads_from(const ModelImportOptions& options, const Provenance& facts) {
  HeadCounts heads = options.heads;
  if (!heads.vision && facts.vision.heads) heads.vision = facts.vision.heads->value;
  if (!heads.text && facts.text.heads) heads.text = facts.text.heads->value;
  return heads;
}

std::string heads_source(const ModelImportOptions& options, const Provenance& facts, bool guessed) {
  if (options.heads.vision) return "--heads";
  if (facts.vision.heads) return facts.vision.heads->source;
  return guessed ? "a guess, width / 64, which the weights cannot contradict; --heads sets another"
                 : "table of known architectures";
}

void note_checkpoint(ImportResult& result, const Checkpoint& checkpoint,
                     const NamedTensors& named) {
  result.chosen = checkpoint.chosen;
  result.container = to_string(checkpoint.container);
  result.names = to_string(named.family);
  result.prefix = named.prefix;
  result.other_entries = checkpoint.other_entries;
  for (const auto& [name, global] : checkpoint.unreadable)
    result.unreadable.emplace_back(name, global);
}

fs::path named_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  return path / (fs::exists(path / "open_clip_config.json") ? "open_clip_model.safetensors"
                                                            : "model.safetensors");
}

}  // namespace

ImportResult import_checkpoint(const fs::path& path, const ModelImportOptions& options) {
  const std::string where = path.string();
  const Checkpoint checkpoint = open_checkpoint(path, options.take);
  const std::string hash = fs::is_directory(path) ? "" : sha256_file(path);
  const Provenance facts = find_provenance(named_file(path), hash, checkpoint);
  demand_settled(options, facts, where);
  NamedTensors named = canonical_tensors(checkpoint.tensors, options.prefix, where);
  fold_layer_scale(named, where);
  ImportResult result;
  ModelConfig& config = result.model.config;
  const InferredModel inferred = infer_config(named, heads_from(options, facts), where);
  config = inferred.config;
  result.heads_source = heads_source(options, facts, inferred.heads_guessed);
  check_architecture(facts, config, where);
  decide_activation(result, options, facts, where);
  take_tower_facts(config, options, facts);
  const PreparationSources sources = decide_preparation(config, named, options, facts);
  result.normalisation_source = sources.normalisation;
  result.resize_source = sources.resize;
  config.source = facts.catalogue_name.empty() ? path.filename().string() : facts.catalogue_name;
  config.source_sha256 = hash;
  config.licence = facts.licence;
  result.ignored = named.ignored;
  take_tensors(result, named, where);
  demand_understood(named, config.kind, result.ignored, options.ignore, where);
  note_checkpoint(result, checkpoint, named);
  return result;
}

void require_complete(const ImportResult& result, const fs::path& path) {
  if (result.missing.empty()) return;
  const std::string names = some_of(result.missing);
  if (!result.unreadable.empty())
    fail(ErrorKind::format,
         "{}: {} tensors are missing ({}); {} of its entries, first {}, can only be built by "
         "running {}, which skyglot "
         "never does: save the plain weights with torch.save(model.state_dict(), FILE) or as "
         "safetensors",
         path.string(), result.missing.size(), names, result.unreadable.size(),
         result.unreadable.front().first, result.unreadable.front().second);
  fail(ErrorKind::format, "{}: {} tensors are missing ({}), so this is not a whole model",
       path.string(), result.missing.size(), names);
}

}  // namespace skyglot
