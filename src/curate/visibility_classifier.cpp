// SPDX-License-Identifier: Apache-2.0
#include "curate/visibility_classifier.hpp"

#include "base/error.hpp"
#include "scores/row_blocks.hpp"
#include "tags/visibility.hpp"
#include "weights/safetensors.hpp"

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "visibility classifier 1";
constexpr std::size_t kLevels = kVisibilityLevelsM.size();

void require_shapes(const VisibilityClassifier& c, const fs::path& path) {
  const auto rows = static_cast<std::int64_t>(c.ordinal ? 1 : kLevels);
  const std::size_t biases = c.ordinal ? kLevels - 1 : kLevels;
  const bool right = c.visible.weights.rows == 1 && c.visible.bias.size() == 1 &&
                     c.level.weights.rows == rows && c.level.bias.size() == biases &&
                     c.level.weights.cols == c.visible.weights.cols && c.visible.weights.cols > 0;
  if (!right || !is_finite(c.visible) || !is_finite(c.level))
    fail(ErrorKind::format,
         "{}: no visibility classifier: its tensors do not fit together; write it anew with "
         "'skyglot tags train'",
         path.string());
}

}  // namespace

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
  TensorMap tensors = stage_tensors("visible.", visible);
  tensors.merge(stage_tensors("level.", level));
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
  const std::string where = path.string() + ": no visibility classifier";
  result.visible = read_stage(file, "visible.", where, "skyglot tags train");
  result.level = read_stage(file, "level.", where, "skyglot tags train");
  require_shapes(result, path);
  return result;
}

}  // namespace skyglot
