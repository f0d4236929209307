// SPDX-License-Identifier: Apache-2.0
// Multinomial logistic regression on frozen features, and the search for its regularisation.
#pragma once

#include "base/row_source.hpp"
#include "scores/lbfgs.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// Labelled features: N rows, N labels in [0, classes), and how much each row counts.
struct ProbeData {
  RowSource features;
  std::span<const std::int32_t> labels;
  std::int64_t classes = 0;
  std::span<const float> weights{};  ///< empty: 1 each
};

struct ProbeFitOptions {
  double c = 1;               ///< inverse strength of the L2 penalty, as in scikit-learn
  int max_iterations = 1000;  ///< of L-BFGS
  /// Stops when no component of the gradient of the mean loss is larger than this.
  double tolerance = 1e-6;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// A linear classifier: scores = features * weights^T + bias.
struct LinearProbe {
  Matrix weights;           ///< classes x features
  std::vector<float> bias;  ///< classes
  double loss = 0;  ///< of scikit-learn's objective divided by C * N: mean loss + |W|^2 / (2 C N)
  int iterations = 0;
  bool converged = false;

  /// N x classes logits. Throws Error(input) if the rows have another length.
  [[nodiscard]] Matrix scores(const RowSource& features) const;
};

/// What fit_linear_probe() minimises, with its gradient: the mean cross-entropy + |W|^2 / (2 C N)
/// at the classes x features weights, row by row, followed by the bias. The features and
/// labels must outlive it.
[[nodiscard]] SmoothFunction probe_loss(const ProbeData& data, double c);

/// Minimises C * sum of cross-entropies + |W|^2 / 2 (bias not penalised) by L-BFGS with a Wolfe
/// line search, from `start` or from zeros. Features are used as given. Memory: the features up to
/// kMostKeptBytes (row_blocks.hpp), else they are read anew in every step; blocks of logits. Throws
/// Error(input) if there is no row, a label is no class or a feature is not finite.
[[nodiscard]] LinearProbe fit_linear_probe(const ProbeData& data, const ProbeFitOptions& options,
                                           const LinearProbe* start = nullptr);

struct ProbeSearchOptions {
  double validation_share = 0.2;  ///< of each class, rounded; every class keeps a training row
  std::uint64_t seed = 0;         ///< of the split
  ProbeFitOptions fit;            ///< its c is ignored

  void validate() const;
};

/// One C tried on the validation rows.
struct ProbeTrial {
  double c = 0;
  double accuracy = 0;  ///< percent of the validation rows
  bool converged = false;
};

struct ProbeSearch {
  double c = 0;  ///< the best of the trials, the smallest C of equals
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  std::vector<ProbeTrial> trials;  ///< ascending C
  LinearProbe probe;               ///< refitted on all rows with the best C
};

/// Chooses C as CLIP (Radford et al. 2021, appendix A.3) does: 1e-6, 1e-4 ... 1e6 first, then the
/// steps beside the best are halved (in the logarithm) down to 8 steps a decade; then refits on all
/// rows. The validation rows are those with the smallest stable hash of (seed, id) in each class;
/// `ids` may be empty, then the row numbers stand for them. Throws Error(input) if no class has two
/// rows, for then nothing can be held out; fit with a C of your own instead.
[[nodiscard]] ProbeSearch search_linear_probe(const ProbeData& data,
                                              std::span<const std::string> ids,
                                              const ProbeSearchOptions& options);

}  // namespace skyglot
