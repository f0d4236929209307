// SPDX-License-Identifier: Apache-2.0
#include "curate/visibility_classifier.hpp"

#include "base/error.hpp"
#include "scores/ordinal_regression.hpp"
#include "scores/row_blocks.hpp"
#include "tags/visibility.hpp"
#include "weights/safetensors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "visibility classifier 1";
constexpr std::size_t kLevels = kVisibilityLevelsM.size();

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

TensorMap tensors_of(const std::string& name, const LinearStage& stage) {
  return {{name + ".weight",
           make_tensor(stage.weights.values, {stage.weights.rows, stage.weights.cols})},
          {name + ".bias", make_tensor(stage.bias, {std::ssize(stage.bias)})}};
}

const TensorView& tensor(const Safetensors& file, const std::string& name, std::size_t sides,
                         const fs::path& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.shape.size() != sides ||
      found->second.type != ElementType::f32)
    fail(ErrorKind::format,
         "{}: no visibility classifier: tensor '{}' is missing or misshapen; write it anew with "
         "'skyglot tags train'",
         path.string(), name);
  return found->second;
}

LinearStage read_stage(const Safetensors& file, const std::string& name, const fs::path& path) {
  const TensorView& weight = tensor(file, name + ".weight", 2, path);
  LinearStage stage{Matrix(weight.shape[0], weight.shape[1]),
                    to_floats(tensor(file, name + ".bias", 1, path))};
  stage.weights.values = to_floats(weight);
  return stage;
}

void require_shapes(const VisibilityClassifier& c, const fs::path& path) {
  const auto rows = static_cast<std::int64_t>(c.ordinal ? 1 : kLevels);
  const std::size_t biases = c.ordinal ? kLevels - 1 : kLevels;
  const bool right = c.visible.weights.rows == 1 && c.visible.bias.size() == 1 &&
                     c.level.weights.rows == rows && c.level.bias.size() == biases &&
                     c.level.weights.cols == c.visible.weights.cols && c.visible.weights.cols > 0;
  const auto finite = [](const auto& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  };
  const bool sane = finite(c.visible.weights.values) && finite(c.visible.bias) &&
                    finite(c.level.weights.values) && finite(c.level.bias);
  if (!right || !sane)
    fail(ErrorKind::format,
         "{}: no visibility classifier: its tensors do not fit together; write it anew with "
         "'skyglot tags train'",
         path.string());
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

std::optional<double> TagVisibility::max_gsd_m() const {
  if (visible < 0.5) return std::nullopt;
  return kVisibilityLevelsM[static_cast<std::size_t>(std::ranges::max_element(levels) -
                                                     levels.begin())];
}

std::vector<TagVisibility> VisibilityClassifier::predict(const RowSource& vectors) const {
  require_same_length(vectors, visible.weights, "visibility classifier");
  require_finite(vectors, "vectors of tags");
  const Matrix seen = all_scores(vectors, visible.weights);
  const Matrix along = all_scores(vectors, level.weights);
  std::vector<TagVisibility> result(static_cast<std::size_t>(seen.rows));
  for (std::int64_t i = 0; i < seen.rows; ++i) {
    TagVisibility& tag = result[static_cast<std::size_t>(i)];
    tag.visible = probabilities_of(StageKind::binary, seen.row(i), visible.bias)[1];
    const StageKind kind = ordinal ? StageKind::ordinal : StageKind::multinomial;
    std::ranges::copy(probabilities_of(kind, along.row(i), level.bias), tag.levels.begin());
  }
  return result;
}

void VisibilityClassifier::save(const fs::path& path) const {
  TensorMap tensors = tensors_of("visible", visible);
  tensors.merge(tensors_of("level", level));
  std::map<std::string, std::string> metadata = about;
  metadata["form"] = kForm;
  metadata["levels"] = ordinal ? "ordinal" : "multinomial";
  write_safetensors(path, tensors, metadata);
}

VisibilityClassifier VisibilityClassifier::load(const fs::path& path) {
  const Safetensors file = read_safetensors(path);
  const auto form = file.metadata.find("form");
  if (form == file.metadata.end() || form->second != kForm)
    fail(ErrorKind::format,
         "{}: no visibility classifier of this version; 'skyglot tags train' "
         "writes one",
         path.string());
  VisibilityClassifier result;
  result.about = file.metadata;
  const auto levels = file.metadata.find("levels");
  result.ordinal = levels != file.metadata.end() && levels->second == "ordinal";
  result.visible = read_stage(file, "visible", path);
  result.level = read_stage(file, "level", path);
  require_shapes(result, path);
  return result;
}

}  // namespace skyglot
