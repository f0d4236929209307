// SPDX-License-Identifier: Apache-2.0
// Which tags can be seen from above, and how coarse the picture may be, told by the embeddings of
// their words: the two stages of SkyScript (Wang et al. 2024, section 3.2).
#pragma once

#include "base/row_source.hpp"
#include "base/tag.hpp"

#include "curate/linear_stage.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// What the classifier says of one tag.
struct TagVisibility {
  double visible = 0;              ///< probability
  std::array<double, 5> levels{};  ///< of each of kVisibilityLevelsM, given that it is visible
  /// The likeliest level, or nothing where `visible` is below one half.
  [[nodiscard]] std::optional<double> max_gsd_m() const;
};

/// Both stages, with what must be known to embed tags alike.
class VisibilityClassifier {
 public:
  LinearStage visible, level;
  bool ordinal = false;                      ///< see fit_ordinal_regression()
  std::map<std::string, std::string> about;  ///< "wording", "model_sha256", "model", ...

  /// One result a row. Throws Error(input) for vectors of another length.
  [[nodiscard]] std::vector<TagVisibility> predict(const RowSource& vectors) const;

  /// A safetensors file, whole or not at all.
  void save(const std::filesystem::path& path) const;
  /// Throws Error(format) naming what is missing or misshapen, Error(input) if there is no file.
  [[nodiscard]] static VisibilityClassifier load(const std::filesystem::path& path);
};

}  // namespace skyglot
