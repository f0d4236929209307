// SPDX-License-Identifier: Apache-2.0
#include "weights/architecture.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <cmath>

namespace skyglot {
namespace {

constexpr std::int64_t kHeadWidth = 64;
constexpr double kVitEpsilon = 1e-6;

// Looks at shapes and says which tensor is at fault.
class Shapes {
 public:
  Shapes(const NamedTensors& named, std::string where) : named_(named), where_(std::move(where)) {}

  [[nodiscard]] bool has(const std::string& name) const { return named_.tensors.contains(name); }
  [[nodiscard]] const std::vector<std::int64_t>& of(const std::string& name,
                                                    std::size_t rank) const {
    const auto found = named_.tensors.find(name);
    if (found == named_.tensors.end()) reject(name, "is missing");
    const auto& shape = found->second.shape;
    if (shape.size() != rank)
      reject(name, fmt::format("is {} where {} sides were expected", shape_text(shape), rank));
    for (const std::int64_t side : shape)
      if (side < 1 || side > (kMostWidth << 8)) reject(name, "has the shape " + shape_text(shape));
    return shape;
  }
  [[noreturn]] void reject(const std::string& name, const std::string& what) const {
    fail(ErrorKind::format, "{}: tensor {} {}, so the architecture cannot be told", where_, name,
         what);
  }
  /// How many of head + "0" + tail, head + "1" + tail, ... there are.
  [[nodiscard]] std::int64_t count(const std::string& head, const std::string& tail) const {
    std::int64_t layers = 0;
    while (layers < kMostLayers && has(fmt::format("{}{}{}", head, layers, tail))) ++layers;
    if (layers == 0) reject(head + "0" + tail, "is missing");
    return layers;
  }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  const NamedTensors& named_;
  std::string where_;
};

std::int64_t image_size(const Shapes& shapes, const std::string& position, std::int64_t rows,
                        std::int64_t patch) {
  const auto grid =
      static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(rows - 1))));
  if (grid < 1 || grid * grid != rows - 1)
    shapes.reject(position, fmt::format("has {} rows, which is no square and one", rows));
  return grid * patch;
}

TransformerConfig clip_transformer(const Shapes& shapes, const std::string& prefix,
                                   std::int64_t width) {
  const std::string blocks = prefix + "transformer.resblocks.";
  return {width, shapes.count(blocks, ".attn.in_proj_weight"), 0,
          shapes.of(blocks + "0.mlp.c_fc.weight", 2)[0]};
}

ModelConfig clip_sizes(const Shapes& shapes) {
  ModelConfig config;
  const auto& conv = shapes.of("visual.conv1.weight", 4);
  config.vision.transformer = clip_transformer(shapes, "visual.", conv[0]);
  config.vision.bands = conv[1];
  config.vision.patch_size = conv[3];
  config.vision.image_size = image_size(shapes, "visual.positional_embedding",
                                        shapes.of("visual.positional_embedding", 2)[0], conv[3]);
  TextConfig text;
  text.transformer = clip_transformer(shapes, "", shapes.of("ln_final.weight", 1)[0]);
  text.context_length = shapes.of("positional_embedding", 2)[0];
  text.vocabulary = shapes.of("token_embedding.weight", 2)[0];
  config.text = text;
  config.embedding_width = shapes.of("text_projection", 2)[1];
  return config;
}

ModelConfig vit_sizes(const Shapes& shapes) {
  if (shapes.has("blocks.0.mlp.w12.weight"))
    shapes.reject("blocks.0.mlp.w12.weight",
                  "belongs to a SwiGLU tower, which skyglot does not run");
  ModelConfig config;
  config.kind = ModelKind::vit;
  const auto& patch = shapes.of("patch_embed.proj.weight", 4);
  VisionConfig& v = config.vision;
  v.transformer = {patch[0], shapes.count("blocks.", ".attn.qkv.weight"), 0,
                   shapes.of("blocks.0.mlp.fc1.weight", 2)[0]};
  config.set_layer_norm_epsilon(kVitEpsilon);
  v.bands = patch[1];
  v.patch_size = patch[3];
  v.image_size = image_size(shapes, "pos_embed", shapes.of("pos_embed", 3)[1], patch[3]);
  v.layer_scale = shapes.has("blocks.0.ls1.gamma");
  if (shapes.has("register_tokens")) v.register_tokens = shapes.of("register_tokens", 3)[1];
  config.embedding_width = patch[0];
  return config;
}

bool same_transformer(const TransformerConfig& a, const TransformerConfig& b) {
  return a.width == b.width && a.layers == b.layers && a.mlp_width == b.mlp_width;
}

bool same_towers(const ModelConfig& a, const ModelConfig& b) {
  const bool vision = a.kind == b.kind && a.vision.patch_size == b.vision.patch_size &&
                      same_transformer(a.vision.transformer, b.vision.transformer);
  return vision && (!a.text || same_transformer(a.text->transformer, b.text->transformer));
}

// The heads of the image tower that has these sizes, whatever its patches; 0 if none is known.
std::int64_t known_heads(const ModelConfig& config) {
  for (const ModelConfig& named : named_architectures())
    if (named.kind == config.kind &&
        same_transformer(named.vision.transformer, config.vision.transformer))
      return named.vision.transformer.heads;
  return 0;
}

// Those of the text tower.
std::int64_t known_text_heads(const TransformerConfig& text) {
  for (const ModelConfig& named : named_architectures())
    if (named.text && same_transformer(named.text->transformer, text))
      return named.text->transformer.heads;
  return 0;
}

// The row of the same towers, if possible also of the same image size; nullptr if there is none.
const ModelConfig* nearest_named(const ModelConfig& config) {
  const ModelConfig* found = nullptr;
  for (const ModelConfig& named : named_architectures()) {
    if (!same_towers(config, named)) continue;
    if (found == nullptr || named.vision.image_size == config.vision.image_size) found = &named;
  }
  return found;
}

std::int64_t heads_of(const TransformerConfig& t, const std::optional<std::int64_t>& given,
                      std::int64_t named, const std::string& where, const char* option) {
  const std::int64_t heads = given.value_or(named > 0 ? named : t.width / kHeadWidth);
  if (heads > 0 && t.width % heads == 0 && (given || named > 0 || t.width % kHeadWidth == 0))
    return heads;
  if (given)
    fail(ErrorKind::usage, "{}: {} {} does not divide the width of the tower, {}", where, option,
         *given, t.width);
  fail(ErrorKind::usage,
       "{}: the number of attention heads of a tower of width {} is not in the file and cannot be "
       "guessed; give it with {}",
       where, t.width, option);
}

std::optional<std::int64_t> cell_number(const CsvTable& table, const std::vector<std::string>& row,
                                        const char* column) {
  return parse_int(row[table.column(column)]);
}

ModelConfig config_of_row(const CsvTable& table, const std::vector<std::string>& row) {
  const auto number = [&](const char* column) {
    return cell_number(table, row, column).value_or(0);
  };
  ModelConfig config;
  config.kind = row[table.column("kind")] == "vit" ? ModelKind::vit : ModelKind::clip;
  config.architecture = row[table.column("name")];
  config.vision.transformer = {number("width"), number("layers"), number("heads"),
                               number("mlp_width")};
  config.vision.patch_size = number("patch");
  config.vision.image_size = number("image");
  config.vision.layer_scale = config.architecture.starts_with("dinov2");
  config.embedding_width = number("embedding");
  if (config.kind == ModelKind::vit) config.set_layer_norm_epsilon(kVitEpsilon);
  const std::int64_t width = number("text_width");
  if (config.kind == ModelKind::clip) {
    config.text = TextConfig{};
    config.text->transformer = {width, number("text_layers"), number("text_heads"), 4 * width};
  }
  return config;
}

}  // namespace

const std::vector<ModelConfig>& named_architectures() {
  static const std::vector<ModelConfig> all = [] {
    const CsvTable table = parse_csv(load_resource("architectures.csv"), "architectures.csv");
    std::vector<ModelConfig> configs;
    for (const auto& row : table.rows) configs.push_back(config_of_row(table, row));
    return configs;
  }();
  return all;
}

const ModelConfig& named_architecture(const std::string& name) {
  std::vector<std::string> names;
  for (const ModelConfig& config : named_architectures()) {
    if (config.architecture == name) return config;
    names.push_back(config.architecture);
  }
  const std::string near = closest(name, names);
  fail(ErrorKind::usage, "no architecture \"{}\"{}; there are {}", name,
       near.empty() ? "" : fmt::format(" (did you mean {}?)", near), join(names, ", "));
}

InferredModel infer_config(const NamedTensors& named, const HeadCounts& heads,
                           const std::string& where) {
  const Shapes shapes(named, where);
  const bool clip = named.family == NameFamily::open_clip || named.family == NameFamily::hf_clip;
  InferredModel result{clip ? clip_sizes(shapes) : vit_sizes(shapes), false};
  ModelConfig& config = result.config;
  const ModelConfig* known = nearest_named(config);
  config.architecture = known != nullptr && known->vision.image_size == config.vision.image_size
                            ? known->architecture
                            : "custom";
  TransformerConfig& vision = config.vision.transformer;
  const std::int64_t vision_heads = known_heads(config);
  result.heads_guessed = !heads.vision && vision_heads == 0;
  vision.heads = heads_of(vision, heads.vision, vision_heads, where, "--heads");
  if (!config.text) return result;
  TransformerConfig& text = config.text->transformer;
  text.heads = heads_of(text, heads.text, known_text_heads(text), where, "--text-heads");
  return result;
}

}  // namespace skyglot
