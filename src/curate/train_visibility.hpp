// SPDX-License-Identifier: Apache-2.0
// Learns the visibility classifier from labelled tags, and says how far it can be trusted.
#pragma once

#include "scores/confusion.hpp"
#include "tags/visibility.hpp"

#include "curate/visibility_classifier.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

struct VisibilityTraining {
  std::vector<std::int64_t> components{16, 32, 64, 128, 256};  ///< those that can be had are tried
  std::vector<double> c{0.1, 1, 10, 100, 1000};                ///< as in scikit-learn
  int folds = 5;
  std::uint64_t seed = 0;  ///< of the folds
  bool ordinal = false;    ///< the levels by fit_ordinal_regression()
  std::size_t worst = 20;  ///< most mistakes listed of each stage

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct GridTrial {
  std::int64_t components = 0;
  double c = 0;
  double score = 0;  ///< F1 of "visible"; accuracy of the levels
};

/// Predictions of about one confidence, and how often they were right.
struct CalibrationBin {
  std::int64_t count = 0;
  double predicted = 0;  ///< mean confidence
  double observed = 0;   ///< share that was right
};

struct WrongTag {
  std::string tag;
  std::string labelled, said;  ///< class names
  double confidence = 0;       ///< of what was said
};

/// One stage in cross-validation: every tag told by a classifier that has not seen it. Shares, not
/// percent.
struct StageReport {
  std::vector<std::string> classes;
  std::vector<GridTrial> trials;
  std::int64_t components = 0;  ///< the best of the trials, fewest components, then smallest C
  double c = 0;
  double accuracy = 0;
  double f1 = 0;                 ///< of the second class of two; 0 for more classes
  double mean_class_error = 0;   ///< mean distance of classes, in steps
  double calibration_error = 0;  ///< expected: mean over tags of |confidence - share right|
  std::vector<CalibrationBin> calibration;  ///< ten, of equal width, empty ones left out
  ConfusionMatrix confusion;
  std::vector<WrongTag> worst;
};

struct TrainedVisibility {
  VisibilityClassifier classifier;  ///< refitted on all tags
  StageReport visible, level;
};

/// A tag of a table.
struct LabelledTag {
  Tag tag;
  std::optional<double> max_gsd_m;  ///< nothing: not visible
};

/// Those of the table, in its order.
[[nodiscard]] std::vector<LabelledTag> labelled_tags(const VisibilityTable& table);

/// Principal components, then (1) binary logistic regression "visible" on all tags and (2)
/// multinomial or ordinal logistic regression of the level on the visible ones; components and C by
/// stratified cross-validation, components found on the training folds alone. One row of `vectors`
/// a tag. Depends on the arguments only. Throws Error(input) if one of the two answers, or all
/// levels but one, are missing.
[[nodiscard]] TrainedVisibility train_visibility(const RowSource& vectors,
                                                 std::span<const LabelledTag> tags,
                                                 const VisibilityTraining& options);

}  // namespace skyglot
