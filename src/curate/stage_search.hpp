// SPDX-License-Identifier: Apache-2.0
// One stage of the visibility classifier: fitted, searched by cross-validation, judged.
#pragma once

#include "scores/linear_probe.hpp"

#include "curate/train_visibility.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// Labelled vectors of a stage.
struct StageData {
  StageKind kind = StageKind::multinomial;
  RowSource vectors;
  std::vector<std::int32_t> labels;
  std::vector<std::string> ids;      ///< decide the folds
  std::vector<std::string> classes;  ///< names
};

struct SearchedStage {
  LinearStage stage;  ///< fitted on all rows
  StageReport report;
};

/// See train_visibility().
[[nodiscard]] SearchedStage search_stage(const StageData& data, const VisibilityTraining& options);

/// Binary with scikit-learn's objective (C sum of losses + |w|^2 / 2, one vector w), multinomial as
/// fit_linear_probe(), ordinal as fit_ordinal_regression().
[[nodiscard]] LinearStage fit_stage(StageKind kind, const ProbeData& data, double c);
/// rows x classes probabilities.
[[nodiscard]] Matrix stage_probabilities(StageKind kind, const LinearStage& stage,
                                         const RowSource& rows, std::int64_t classes);

/// Judges out-of-fold `probabilities` into what of the report depends on them.
void judge_stage(const StageData& data, const Matrix& probabilities, std::size_t worst,
                 StageReport& report);

}  // namespace skyglot
