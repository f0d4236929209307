// SPDX-License-Identifier: Apache-2.0
#include "curate/linear_stage.hpp"

#include "base/error.hpp"
#include "scores/ordinal_regression.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

std::vector<double> softmax(std::span<const float> along, std::span<const float> bias) {
  std::vector<double> p;
  for (std::size_t k = 0; k < along.size(); ++k) p.push_back(double{along[k]} + double{bias[k]});
  const double highest = *std::ranges::max_element(p);
  for (double& value : p) value = std::exp(value - highest);
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& value : p) value /= sum;
  return p;
}

}  // namespace

std::vector<double> probabilities_of(StageKind kind, std::span<const float> along,
                                     std::span<const float> bias) {
  if (kind == StageKind::multinomial) return softmax(along, bias);
  if (kind == StageKind::binary) {
    const double p = sigmoid(double{along[0]} + double{bias[0]});
    return {1 - p, p};
  }
  std::vector<float> thresholds;
  for (const float value : bias) thresholds.push_back(-value);
  return ordinal_probabilities(along[0], thresholds);
}

TensorMap stage_tensors(const std::string& prefix, const LinearStage& stage) {
  return {{prefix + "weight",
           make_tensor(stage.weights.values, {stage.weights.rows, stage.weights.cols})},
          {prefix + "bias", make_tensor(stage.bias, {std::ssize(stage.bias)})}};
}

LinearStage read_stage(const Safetensors& file, const std::string& prefix, const std::string& where,
                       const std::string& command) {
  const auto tensor = [&](const std::string& name, std::size_t sides) -> const TensorView& {
    const auto found = file.tensors.find(prefix + name);
    if (found == file.tensors.end() || found->second.shape.size() != sides ||
        found->second.type != ElementType::f32)
      fail(ErrorKind::format, "{}: tensor '{}' is missing or misshapen; write it anew with '{}'",
           where, prefix + name, command);
    return found->second;
  };
  const TensorView& weight = tensor("weight", 2);
  LinearStage stage{Matrix(weight.shape[0], weight.shape[1]), to_floats(tensor("bias", 1))};
  stage.weights.values = to_floats(weight);
  return stage;
}

bool is_finite(const LinearStage& stage) {
  const auto finite = [](const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  };
  return finite(stage.weights.values) && finite(stage.bias);
}

}  // namespace skyglot
