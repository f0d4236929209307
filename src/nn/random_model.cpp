// SPDX-License-Identifier: Apache-2.0
#include "nn/random_model.hpp"

#include "base/random.hpp"

#include <cmath>
#include <string_view>

namespace skyglot {
namespace {

bool is_norm(const std::string& name) {
  return name.find("ln_") != std::string::npos || name.find("norm") != std::string::npos;
}

bool is_text(const ModelConfig& config, const std::string& name) {
  return config.kind == ModelKind::clip && !name.starts_with("visual.");
}

// The standard deviation that a tensor is drawn with; nothing where it is constant.
double spread(const ModelConfig& config, const std::string& name) {
  const TransformerConfig& tower =
      is_text(config, name) ? config.text->transformer : config.vision.transformer;
  const auto width = static_cast<double>(tower.width);
  if (name == "token_embedding.weight") return 0.02;
  if (name == "positional_embedding") return 0.01;
  if (name.ends_with("out_proj.weight") || name.ends_with("c_proj.weight") ||
      name.ends_with("attn.proj.weight") || name.ends_with("fc2.weight"))
    return 1 / std::sqrt(width * 2 * static_cast<double>(tower.layers));
  if (name.ends_with("c_fc.weight") || name.ends_with("fc1.weight"))
    return 1 / std::sqrt(2 * width);
  return 1 / std::sqrt(width);
}

float constant_of(const std::string& name) {
  if (name == "logit_scale") return static_cast<float>(std::log(1 / 0.07));
  if (name.ends_with(".gamma")) return 1;
  return is_norm(name) && name.ends_with("weight") ? 1 : 0;
}

bool is_constant(const std::string& name) {
  return is_norm(name) || name.ends_with("bias") || name.ends_with(".gamma") ||
         name == "logit_scale";
}

}  // namespace

StoredModel random_model(const ModelConfig& config, std::uint64_t seed) {
  StoredModel model{config, {}};
  for (const auto& [name, shape] : expected_tensors(config)) {
    TensorView empty{ElementType::f32, shape, {}, nullptr};
    std::vector<float> values(static_cast<std::size_t>(empty.element_count()), constant_of(name));
    RandomStream random(seed, name);
    const double deviation = spread(config, name);
    if (!is_constant(name))
      for (float& value : values) value = static_cast<float>(deviation * random.normal());
    model.weights[name] = make_tensor(values, shape);
  }
  return model;
}

}  // namespace skyglot
