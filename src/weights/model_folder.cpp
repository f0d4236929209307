// SPDX-License-Identifier: Apache-2.0
#include "weights/model_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "weights/safetensors.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Shapes = std::map<std::string, std::vector<std::int64_t>>;

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kConfig = "config.json";
constexpr std::uint64_t kMaxConfigBytes = 1 << 20;

void add_pair(Shapes& shapes, const std::string& name, std::vector<std::int64_t> weight) {
  shapes[name + ".bias"] = {weight.front()};
  shapes[name + ".weight"] = std::move(weight);
}

void add_clip_blocks(Shapes& shapes, const std::string& prefix, const TransformerConfig& t) {
  for (std::int64_t i = 0; i < t.layers; ++i) {
    const std::string block = fmt::format("{}transformer.resblocks.{}.", prefix, i);
    add_pair(shapes, block + "ln_1", {t.width});
    add_pair(shapes, block + "ln_2", {t.width});
    shapes[block + "attn.in_proj_weight"] = {3 * t.width, t.width};
    shapes[block + "attn.in_proj_bias"] = {3 * t.width};
    add_pair(shapes, block + "attn.out_proj", {t.width, t.width});
    add_pair(shapes, block + "mlp.c_fc", {t.mlp_width, t.width});
    add_pair(shapes, block + "mlp.c_proj", {t.width, t.mlp_width});
  }
}

std::int64_t patch_count(const VisionConfig& v) {
  const std::int64_t grid = v.image_size / v.patch_size;
  return grid * grid;
}

Shapes clip_tensors(const ModelConfig& config) {
  const VisionConfig& v = config.vision;
  const TextConfig& t = *config.text;
  const std::int64_t width = v.transformer.width;
  Shapes shapes;
  shapes["logit_scale"] = {};
  shapes["visual.conv1.weight"] = {width, 3, v.patch_size, v.patch_size};
  shapes["visual.class_embedding"] = {width};
  shapes["visual.positional_embedding"] = {patch_count(v) + 1, width};
  add_pair(shapes, "visual.ln_pre", {width});
  add_clip_blocks(shapes, "visual.", v.transformer);
  add_pair(shapes, "visual.ln_post", {width});
  shapes["visual.proj"] = {width, config.embedding_width};
  shapes["token_embedding.weight"] = {t.vocabulary, t.transformer.width};
  shapes["positional_embedding"] = {t.context_length, t.transformer.width};
  add_clip_blocks(shapes, "", t.transformer);
  add_pair(shapes, "ln_final", {t.transformer.width});
  shapes["text_projection"] = {t.transformer.width, config.embedding_width};
  return shapes;
}

void add_vit_block(Shapes& shapes, const std::string& block, const VisionConfig& v) {
  const TransformerConfig& t = v.transformer;
  add_pair(shapes, block + "norm1", {t.width});
  add_pair(shapes, block + "norm2", {t.width});
  add_pair(shapes, block + "attn.qkv", {3 * t.width, t.width});
  add_pair(shapes, block + "attn.proj", {t.width, t.width});
  add_pair(shapes, block + "mlp.fc1", {t.mlp_width, t.width});
  add_pair(shapes, block + "mlp.fc2", {t.width, t.mlp_width});
  if (!v.layer_scale) return;
  shapes[block + "ls1.gamma"] = {t.width};
  shapes[block + "ls2.gamma"] = {t.width};
}

Shapes vit_tensors(const VisionConfig& v) {
  const std::int64_t width = v.transformer.width;
  Shapes shapes;
  shapes["cls_token"] = {1, 1, width};
  shapes["pos_embed"] = {1, patch_count(v) + 1, width};
  add_pair(shapes, "patch_embed.proj", {width, 3, v.patch_size, v.patch_size});
  for (std::int64_t i = 0; i < v.transformer.layers; ++i)
    add_vit_block(shapes, fmt::format("blocks.{}.", i), v);
  add_pair(shapes, "norm", {width});
  if (v.register_tokens > 0) shapes["register_tokens"] = {1, v.register_tokens, width};
  return shapes;
}

void check_tensors(const ModelConfig& config, const TensorMap& weights, const std::string& where) {
  const Shapes expected = expected_tensors(config);
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  for (const auto& [name, shape] : expected) {
    const auto found = weights.find(name);
    if (found == weights.end())
      missing.push_back(name);
    else if (found->second.shape != shape)
      fail(ErrorKind::format, "{}: tensor {} is {} where the configuration calls for {}", where,
           name, shape_text(found->second.shape), shape_text(shape));
  }
  for (const auto& [name, tensor] : weights)
    if (!expected.contains(name)) surplus.push_back(name);
  if (!missing.empty())
    fail(ErrorKind::format, "{}: {} tensors are missing: {}", where, missing.size(),
         some_of(missing));
  if (!surplus.empty())
    fail(ErrorKind::format, "{}: {} tensors belong to no part of the model: {}", where,
         surplus.size(), some_of(surplus));
}

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
         weights.string(), hash, config.weights_sha256, kConfig);
}

}  // namespace

Shapes expected_tensors(const ModelConfig& config) {
  return config.kind == ModelKind::clip ? clip_tensors(config) : vit_tensors(config.vision);
}

StoredModel load_model_folder(const fs::path& folder, bool verify) {
  const fs::path weights = folder / kWeights;
  if (fs::is_regular_file(folder))
    fail(ErrorKind::input,
         "{} is a file, not a model folder; make one of it with \"skyglot model import {} "
         "--output models/NAME\"",
         folder.string(), folder.string());
  if (!fs::is_directory(folder) || !fs::exists(folder / kConfig) || !fs::exists(weights))
    fail(ErrorKind::input,
         "{} is not a model folder ({} with {}); make one with \"skyglot model import FILE "
         "--output {}\"",
         folder.string(), kWeights, kConfig, folder.string());
  StoredModel model{read_config(folder / kConfig), {}};
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
  write_file_atomically(folder / kConfig, json_text(to_json(model.config), 2) + "\n");
}

}  // namespace skyglot
