// SPDX-License-Identifier: Apache-2.0
#include "weights/import.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "weights/provenance.hpp"
#include "weights/tensor_names.hpp"

#include <algorithm>

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
  const auto expected = expected_tensors(result.model.config);
  for (const auto& [name, shape] : expected) {
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
    if (!expected.contains(name)) result.ignored.push_back(source);
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
    config.activation = *options.activation;
    result.activation_source = "--activation";
    if (facts.activation && facts.activation->value != config.activation)
      log_warning("{}: --activation {} contradicts the {}, which says {}", where,
                  to_string(config.activation), facts.activation->source,
                  to_string(facts.activation->value));
  } else if (facts.activation) {
    config.activation = facts.activation->value;
    result.activation_source = facts.activation->source;
  } else if (config.kind == ModelKind::vit) {
    config.activation = Activation::gelu;
    result.activation_source = "all of DINO and timm's ViT use it";
  } else {
    ask_for_activation(where);
  }
}

// The option goes before what is known, that before what `value` holds; returns who decided.
template <typename T>
std::string decide(T& value, const std::optional<T>& asked, const char* option,
                   const std::optional<Sourced<T>>& known, const char* otherwise) {
  if (asked) {
    value = *asked;
    return option;
  }
  if (known) {
    value = known->value;
    return known->source;
  }
  return otherwise;
}

void decide_preprocessing(ImportResult& result, const ModelImportOptions& options,
                          const Provenance& facts) {
  ModelConfig& config = result.model.config;
  Normalisation chosen = parse_normalisation(config.kind == ModelKind::clip ? "clip" : "imagenet");
  result.normalisation_source =
      decide(chosen, options.normalisation, "--normalisation", facts.normalisation,
             "assumed, as usual for the family; --normalisation sets another");
  config.preprocess.mean = chosen.mean;
  config.preprocess.std = chosen.std;
  result.resize_source = decide(config.preprocess.resize, options.resize, "--resize", facts.resize,
                                "as CLIP and DINO do; --resize sets another");
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
  if (!heads.vision) heads.vision = facts.vision_heads;
  if (!heads.text) heads.text = facts.text_heads;
  return heads;
}

// timm's ViT brings its classifier along, DINO's backbones have none; each resizes positions in its
// own way.
PositionResize position_resize_of(ModelKind kind, const std::vector<std::string>& ignored) {
  const bool classifier = std::ranges::find(ignored, "head.weight") != ignored.end();
  return kind == ModelKind::clip || classifier ? PositionResize::antialiased : PositionResize::dino;
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
  const NamedTensors named = canonical_tensors(checkpoint.tensors, options.prefix, where);
  ImportResult result;
  ModelConfig& config = result.model.config;
  config = infer_config(named, heads_from(options, facts), where);
  check_architecture(facts, config, where);
  decide_activation(result, options, facts, where);
  decide_preprocessing(result, options, facts);
  config.layer_norm_epsilon = facts.layer_norm_epsilon.value_or(config.layer_norm_epsilon);
  config.vision.pooling = options.pooling;
  config.source = facts.catalogue_name.empty() ? path.filename().string() : facts.catalogue_name;
  config.source_sha256 = hash;
  config.licence = facts.licence;
  config.vision.position_resize = position_resize_of(config.kind, named.ignored);
  result.ignored = named.ignored;
  take_tensors(result, named, where);
  result.chosen = checkpoint.chosen;
  result.container = to_string(checkpoint.container);
  result.names = to_string(named.family);
  result.prefix = named.prefix;
  result.other_entries = checkpoint.other_entries;
  for (const auto& [name, global] : checkpoint.unreadable)
    result.unreadable.emplace_back(name, global);
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
