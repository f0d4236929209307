// SPDX-License-Identifier: Apache-2.0
// What a training says of each step: lines of JSON and a plot of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// A figure of a model on one benchmark, in percent.
struct EvaluatedFigure {
  std::string name;
  double value = 0;
};

struct LoggedStep {
  std::int64_t step = 0;  ///< from 1
  double loss = 0;
  double scale = 0;  ///< exp of the logit scale
  double rate = 0;
  double gradient = 0;  ///< length before clipping; 0: not clipped
  double samples_per_s = 0;
  double data_wait = 0;                    ///< share of the step
  std::vector<EvaluatedFigure> figures{};  ///< of the model after the step; mostly empty

  /// The mean of the figures; nothing where there are none.
  [[nodiscard]] std::optional<double> score() const;
};

/// Appends lines; those past `step` that an interrupted run left are taken out first.
class TrainingLog {
 public:
  TrainingLog(std::filesystem::path path, std::int64_t step);
  void add(const LoggedStep& step);
  [[nodiscard]] const std::vector<LoggedStep>& steps() const { return steps_; }

 private:
  std::filesystem::path path_;
  std::vector<LoggedStep> steps_;
};

/// The losses over the steps, smoothed beside as they are: a whole SVG file.
[[nodiscard]] std::string loss_svg(const std::vector<LoggedStep>& steps);

}  // namespace skyglot
