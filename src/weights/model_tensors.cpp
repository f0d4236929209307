// SPDX-License-Identifier: Apache-2.0
#include "weights/model_tensors.hpp"

#include "base/error.hpp"
#include "base/half.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

using Tensors = std::vector<ModelTensor>;
using Shape = std::vector<std::int64_t>;

constexpr double kInt8Top = 127;

double root(double value) {
  return std::sqrt(value);
}

// The bound of PyTorch's Linear and Conv2d with so many inputs, for weight and bias.
double torch_bound(std::int64_t inputs) {
  return 1 / root(static_cast<double>(inputs));
}

void add_norm(Tensors& tensors, const std::string& name, std::int64_t width) {
  tensors.push_back({name + ".weight", {width}, Start::constant, 1});
  tensors.push_back({name + ".bias", {width}});
}

std::int64_t patch_inputs(const VisionConfig& v) {
  return v.bands * v.patch_size * v.patch_size;
}

std::int64_t positions_of(const VisionConfig& v) {
  const std::int64_t grid = v.image_size / v.patch_size;
  return grid * grid + 1;
}

// --- clip

// How the products of a block begin; MultiheadAttention's biases are 0, the MLP's are PyTorch's.
struct BlockStart {
  Start start = Start::normal;
  double qkv = 0, out = 0, fc1 = 0, fc2 = 0;
};

// open_clip leaves its image tower as PyTorch makes it: Glorot for the attention's input.
BlockStart image_start(const TransformerConfig& t) {
  const double width = torch_bound(t.width);
  return {Start::uniform, root(1.5) * width, width, width, torch_bound(t.mlp_width)};
}

BlockStart text_start(const TransformerConfig& t) {
  const auto width = static_cast<double>(t.width);
  const double deep = 1 / root(2 * width * static_cast<double>(t.layers));
  return {Start::normal, 1 / root(width), deep, 1 / root(2 * width), deep};
}

void add_clip_blocks(Tensors& tensors, const std::string& prefix, const TransformerConfig& t,
                     const BlockStart& start) {
  for (std::int64_t i = 0; i < t.layers; ++i) {
    const std::string block = fmt::format("{}transformer.resblocks.{}.", prefix, i);
    add_norm(tensors, block + "ln_1", t.width);
    tensors.push_back(
        {block + "attn.in_proj_weight", {3 * t.width, t.width}, start.start, start.qkv});
    tensors.push_back({block + "attn.in_proj_bias", {3 * t.width}});
    tensors.push_back({block + "attn.out_proj.weight", {t.width, t.width}, start.start, start.out});
    tensors.push_back({block + "attn.out_proj.bias", {t.width}});
    add_norm(tensors, block + "ln_2", t.width);
    tensors.push_back({block + "mlp.c_fc.weight", {t.mlp_width, t.width}, start.start, start.fc1});
    tensors.push_back(
        {block + "mlp.c_fc.bias", {t.mlp_width}, Start::uniform, torch_bound(t.width)});
    tensors.push_back(
        {block + "mlp.c_proj.weight", {t.width, t.mlp_width}, start.start, start.fc2});
    tensors.push_back(
        {block + "mlp.c_proj.bias", {t.width}, Start::uniform, torch_bound(t.mlp_width)});
  }
}

void add_clip_image(Tensors& tensors, const ModelConfig& config) {
  const VisionConfig& v = config.vision;
  const std::int64_t width = v.transformer.width;
  const double spread = torch_bound(width);
  tensors.push_back({"visual.conv1.weight",
                     {width, v.bands, v.patch_size, v.patch_size},
                     Start::uniform,
                     torch_bound(patch_inputs(v))});
  if (v.patch_bias) tensors.push_back({"visual.conv1.bias", {width}});
  tensors.push_back({"visual.class_embedding", {width}, Start::normal, spread});
  tensors.push_back(
      {"visual.positional_embedding", {positions_of(v), width}, Start::normal, spread});
  if (v.first_norm) add_norm(tensors, "visual.ln_pre", width);
  add_clip_blocks(tensors, "visual.", v.transformer, image_start(v.transformer));
  add_norm(tensors, "visual.ln_post", width);
  tensors.push_back({"visual.proj", {width, config.embedding_width}, Start::normal, spread});
}

void add_clip_text(Tensors& tensors, const ModelConfig& config) {
  const TextConfig& t = *config.text;
  const std::int64_t width = t.transformer.width;
  tensors.push_back({"token_embedding.weight", {t.vocabulary, width}, Start::normal, 0.02});
  tensors.push_back({"positional_embedding", {t.context_length, width}, Start::normal, 0.01});
  if (t.first_norm) add_norm(tensors, "ln_embedding", width);
  add_clip_blocks(tensors, "", t.transformer, text_start(t.transformer));
  if (t.last_norm) add_norm(tensors, "ln_final", width);
  tensors.push_back(
      {"text_projection", {width, config.embedding_width}, Start::normal, torch_bound(width)});
  tensors.push_back({kLogScale, {}, Start::constant, std::log(1 / 0.07)});
}

// --- vit

constexpr double kVitSpread = 0.02;
constexpr double kTokenSpread = 1e-6;
constexpr double kLayerScale = 1e-5;

void add_linear(Tensors& tensors, const std::string& name, std::int64_t outputs,
                std::int64_t inputs) {
  tensors.push_back({name + ".weight", {outputs, inputs}, Start::normal, kVitSpread});
  tensors.push_back({name + ".bias", {outputs}});
}

void add_vit_block(Tensors& tensors, const std::string& block, const VisionConfig& v) {
  const TransformerConfig& t = v.transformer;
  const auto add_scale = [&](const char* name) {
    if (v.layer_scale) tensors.push_back({block + name, {t.width}, Start::constant, kLayerScale});
  };
  add_norm(tensors, block + "norm1", t.width);
  add_linear(tensors, block + "attn.qkv", 3 * t.width, t.width);
  add_linear(tensors, block + "attn.proj", t.width, t.width);
  add_scale("ls1.gamma");
  add_norm(tensors, block + "norm2", t.width);
  add_linear(tensors, block + "mlp.fc1", t.mlp_width, t.width);
  add_linear(tensors, block + "mlp.fc2", t.width, t.mlp_width);
  add_scale("ls2.gamma");
}

void add_vit(Tensors& tensors, const VisionConfig& v) {
  const std::int64_t width = v.transformer.width;
  const double bound = torch_bound(patch_inputs(v));
  tensors.push_back({"patch_embed.proj.weight",
                     {width, v.bands, v.patch_size, v.patch_size},
                     Start::uniform,
                     bound});
  tensors.push_back({"patch_embed.proj.bias", {width}, Start::uniform, bound});
  tensors.push_back({"cls_token", {1, 1, width}, Start::normal, kTokenSpread});
  if (v.register_tokens > 0)
    tensors.push_back(
        {"register_tokens", {1, v.register_tokens, width}, Start::normal, kTokenSpread});
  tensors.push_back({"pos_embed", {1, positions_of(v), width}, Start::normal, kVitSpread});
  for (std::int64_t i = 0; i < v.transformer.layers; ++i)
    add_vit_block(tensors, fmt::format("blocks.{}.", i), v);
  add_norm(tensors, "norm", width);
}

// --- checks

class TensorCheck {
 public:
  TensorCheck(const TensorMap& weights, std::string where)
      : weights_(weights), where_(std::move(where)) {}

  void shape(const std::string& name, const TensorView& tensor, const Shape& expected) const {
    if (tensor.shape != expected)
      fail(ErrorKind::format, "{}: tensor {} is {} where the configuration calls for {}", where_,
           name, shape_text(tensor.shape), shape_text(expected));
  }

  // Floats, or int8 rows with a scale each.
  void type(const std::string& name, const TensorView& tensor) const {
    const std::string scales = name + std::string(kScaleSuffix);
    const auto found = weights_.find(scales);
    const bool scaled = found != weights_.end();
    const bool rows = tensor.type == ElementType::i8;
    if (!rows && !is_float(tensor.type))
      reject(name, fmt::format("is of type {}; weights are floats, or I8 with {}",
                               to_string(tensor.type), scales));
    if (!rows && scaled)
      reject(scales, fmt::format("scales {}, which is {}", name, to_string(tensor.type)));
    if (!rows) return;
    if (!scaled || tensor.shape.size() < 2)
      reject(name, fmt::format("is I8 ({}), which takes two sides or more and the scales {}",
                               shape_text(tensor.shape), scales));
    if (found->second.shape != Shape{tensor.shape[0]})
      reject(scales, fmt::format("is {} where {} has {} rows", shape_text(found->second.shape),
                                 name, tensor.shape[0]));
    if (found->second.type != ElementType::f32 && found->second.type != ElementType::f16)
      reject(scales,
             fmt::format("is of type {}; scales are F32 or F16", to_string(found->second.type)));
  }

  // A matrix with or without a bias of its rows.
  void head(const std::string& name, const TensorView& tensor) const {
    constexpr std::string_view kWeight = "weight", kBias = "bias";
    type(name, tensor);
    if (name.ends_with("." + std::string(kWeight))) {
      if (tensor.shape.size() != 2)
        reject(name,
               fmt::format("is {}; a head's weight is outputs x inputs", shape_text(tensor.shape)));
    } else if (name.ends_with("." + std::string(kBias))) {
      const std::string weight = name.substr(0, name.size() - kBias.size()) + std::string(kWeight);
      const auto found = weights_.find(weight);
      if (found == weights_.end()) reject(name, "has no " + weight + " beside it");
      if (found->second.shape.empty() || tensor.shape != Shape{found->second.shape[0]})
        reject(name, fmt::format("is {} where {} is {}", shape_text(tensor.shape), weight,
                                 shape_text(found->second.shape)));
    } else if (tensor.shape.size() > 1) {
      reject(name, "is neither weight nor bias of a head, nor a vector");
    }
  }

 private:
  [[noreturn]] void reject(const std::string& name, const std::string& what) const {
    fail(ErrorKind::format, "{}: tensor {} {}", where_, name, what);
  }
  static bool is_float(ElementType type) {
    return type == ElementType::f32 || type == ElementType::f16 || type == ElementType::bf16 ||
           type == ElementType::f64;
  }

  const TensorMap& weights_;
  std::string where_;
};

[[noreturn]] void fail_over(const std::vector<std::string>& names, const char* what,
                            const std::string& where) {
  fail(ErrorKind::format, "{}: {} tensors {}: {}", where, names.size(), what, some_of(names));
}

// That takes the row's largest value to the top of int8.
float scale_of(std::span<const float> row, bool half) {
  float top = 0;
  for (const float value : row) top = std::max(top, std::abs(value));
  const float scale = top / static_cast<float>(kInt8Top);
  return half ? from_half(to_half(scale)) : scale;
}

void round_row(std::span<const float> row, float scale, std::span<std::int8_t> to) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double steps = scale > 0 ? std::nearbyint(double{row[i]} / double{scale}) : 0;
    to[i] = static_cast<std::int8_t>(std::clamp(steps, -kInt8Top, kInt8Top));
  }
}

TensorView halves_of(const std::vector<float>& values) {
  const auto bytes = std::make_shared<std::string>(half_bytes(values));
  return {ElementType::f16,
          {std::ssize(values)},
          std::as_bytes(std::span(bytes->data(), bytes->size())),
          bytes};
}

}  // namespace

std::vector<ModelTensor> model_tensors(const ModelConfig& config) {
  std::vector<ModelTensor> tensors;
  if (config.kind == ModelKind::vit) {
    add_vit(tensors, config.vision);
  } else {
    add_clip_image(tensors, config);
    add_clip_text(tensors, config);
  }
  return tensors;
}

bool is_head(const std::string& name) {
  return name.starts_with(kHeadPrefix);
}

bool is_scale(const std::string& name, const TensorMap& weights) {
  return name.ends_with(kScaleSuffix) &&
         weights.contains(name.substr(0, name.size() - kScaleSuffix.size()));
}

void store_int8_rows(TensorMap& weights, const std::string& name, ElementType scale_type) {
  const bool halves = scale_type == ElementType::f16;
  const auto found = weights.find(name);
  expect(found != weights.end() && (halves || scale_type == ElementType::f32),
         "int8 rows of a tensor that is there, scales of f32 or f16");
  const Shape shape = found->second.shape;
  if (shape.size() < 2)
    fail(ErrorKind::usage, "tensor {} is {}: int8 rows take two sides or more", name,
         shape_text(shape));
  const std::vector<float> values = to_floats(found->second);
  std::vector<float> scales(static_cast<std::size_t>(shape[0]));
  const auto bytes = std::make_shared<std::vector<std::int8_t>>(values.size());
  const std::size_t width = scales.empty() ? 0 : values.size() / scales.size();
  for (std::size_t row = 0; row < scales.size(); ++row) {
    const auto from = std::span(values).subspan(row * width, width);
    scales[row] = scale_of(from, halves);
    round_row(from, scales[row], std::span(*bytes).subspan(row * width, width));
  }
  found->second = {ElementType::i8, shape, std::as_bytes(std::span(*bytes)), bytes};
  weights[name + std::string(kScaleSuffix)] =
      halves ? halves_of(scales) : make_tensor(scales, {shape[0]});
}

void store_compact(TensorMap& weights) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : weights)
    if (!is_scale(name, weights)) names.push_back(name);
  for (const std::string& name : names) {
    TensorView& tensor = weights.at(name);
    if (tensor.type == ElementType::i8 || tensor.shape.empty()) continue;
    if (tensor.shape.size() > 1)
      store_int8_rows(weights, name, ElementType::f16);
    else
      tensor = halves_of(to_floats(tensor));
  }
}

std::vector<float> stored_floats(const TensorMap& weights, const std::string& name) {
  const TensorView& tensor = weights.at(name);
  std::vector<float> values = to_floats(tensor);
  if (tensor.type != ElementType::i8) return values;
  const std::vector<float> scales = to_floats(weights.at(name + std::string(kScaleSuffix)));
  const std::size_t width = scales.empty() ? 1 : values.size() / scales.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= scales[i / width];
  return values;
}

void check_tensors(const ModelConfig& config, const TensorMap& weights, const std::string& where) {
  const TensorCheck check(weights, where);
  std::vector<std::string> missing;
  std::unordered_map<std::string, bool> known;
  for (const auto& tensor : model_tensors(config)) {
    known[tensor.name] = true;
    const auto found = weights.find(tensor.name);
    if (found == weights.end()) {
      missing.push_back(tensor.name);
      continue;
    }
    check.shape(tensor.name, found->second, tensor.shape);
    check.type(tensor.name, found->second);
  }
  std::vector<std::string> surplus;
  for (const auto& [name, tensor] : weights) {
    if (known.contains(name) || is_scale(name, weights)) continue;
    if (is_head(name))
      check.head(name, tensor);
    else
      surplus.push_back(name);
  }
  if (!missing.empty()) fail_over(missing, "are missing", where);
  if (!surplus.empty()) fail_over(surplus, "belong to no part of the model", where);
}

}  // namespace skyglot
