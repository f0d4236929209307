// SPDX-License-Identifier: Apache-2.0
// How right a classification is: accuracies, their uncertainty, and best F1 of one class.
#pragma once

#include "base/matrix.hpp"
#include "scores/confusion.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// How often items are drawn anew, with what chance of holding the true value.
struct BootstrapOptions {
  int samples = 1000;
  std::uint64_t seed = 0;
  double level = 0.95;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// In percent.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Percentile bootstrap interval (Efron 1979) of the share `hits` / `count`, in percent: `samples`
/// times, `count` items are drawn with replacement, of which the number of hits is binomial. Linear
/// interpolation between order statistics. Depends on nothing but the arguments. {0, 0} for count
/// 0. Time: samples x the square root of count.
[[nodiscard]] Interval bootstrap_share(std::int64_t hits, std::int64_t count,
                                       const BootstrapOptions& options);

/// Items that are drawn together: the captions of one picture.
struct Cluster {
  double hits = 0;
  double items = 0;
  auto operator<=>(const Cluster&) const = default;
};

/// The same of the share of hits among all items, where `samples` times as many whole clusters are
/// drawn as there are. Time: samples x the kinds of clusters x the square root of their number.
[[nodiscard]] Interval bootstrap_clusters(std::span<const Cluster> clusters,
                                          const BootstrapOptions& options);

struct ClassCount {
  std::string name;
  std::int64_t count = 0;    ///< pictures of this class
  std::int64_t correct = 0;  ///< of them with the right class first
};

/// All accuracies in percent.
struct ClassificationScore {
  std::int64_t count = 0;
  double top1 = 0;
  double top5 = 0;                 ///< right class among the first min(5, C)
  double mean_class_accuracy = 0;  ///< mean of the accuracies of the classes that have pictures
  Interval top1_interval;
  std::vector<ClassCount> per_class;  ///< in the order of the class names
  ConfusionMatrix confusion;
};

/// What a score of exactly 0 says of a class: something among others, or that it was not named at
/// all, as where nobody voted for it; then it is never among the first five.
enum class ZeroScore { counts, is_absence };

/// Scores N x C `scores`, larger is better, against N labels in [0, C); a tie goes to the class
/// with the lower index. Throws Error(input) that names the row if there are no rows, a label is no
/// class or a score is not a number.
[[nodiscard]] ClassificationScore score_classification(const Matrix& scores,
                                                       std::span<const std::int32_t> labels,
                                                       std::span<const std::string> class_names,
                                                       const BootstrapOptions& options,
                                                       ZeroScore zero = ZeroScore::counts);

/// The column of the largest of `scores`, the first of equals; `scores` holds no NaN and at least
/// one.
[[nodiscard]] std::size_t best_column(std::span<const float> scores);

/// Ratios, not percent.
struct BinaryScore {
  double f1 = 0;
  double threshold = 0;
  double precision = 0;
  double recall = 0;
};

/// Best F1 over the 101 thresholds -1, -0.98, ..., 1 as SkyScript's binary mode counts it: positive
/// is a score at or above the threshold (compared in single precision); precision and recall have
/// 1e-9 added to numerator and denominator, F1 to its denominator; the lowest of equally good
/// thresholds. `labels` are 0 or 1. Throws Error(input) naming the row on any other label, on NaN
/// and if there is nothing.
[[nodiscard]] BinaryScore best_f1(std::span<const float> scores,
                                  std::span<const std::int32_t> labels);

}  // namespace skyglot
