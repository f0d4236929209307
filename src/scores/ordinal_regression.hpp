// SPDX-License-Identifier: Apache-2.0
// Logistic regression for classes that stand in an order.
#pragma once

#include "scores/linear_probe.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// One direction w and classes - 1 thresholds along it: the class is the number of thresholds below
/// w x.
struct OrdinalRegression {
  std::vector<float> weights;     ///< D
  std::vector<float> thresholds;  ///< ascending
  double loss = 0;                ///< mean loss + |w|^2 / (2 C N)
  int iterations = 0;
  bool converged = false;
};

/// What fit_ordinal_regression() minimises, with its gradient: at the D weights followed by the
/// classes - 1 thresholds t_k, the mean over rows of the sum over thresholds of
/// log(1 + exp(-s (t_k - w x))), s = 1 for classes up to k and -1 for those above, +
/// |w|^2 / (2 C N). The features and labels must outlive it.
[[nodiscard]] SmoothFunction ordinal_loss(const ProbeData& data, double c);

/// The all-threshold loss of Rennie and Srebro 2005, whose thresholds come out in order, by L-BFGS
/// from zeros. C as for fit_linear_probe(); throws as it does.
[[nodiscard]] OrdinalRegression fit_ordinal_regression(const ProbeData& data,
                                                       const ProbeFitOptions& options);

/// Of classes in an order, from the inner product `along` w: the differences of the logistic
/// functions of along - t_k; sums to 1.
[[nodiscard]] std::vector<double> ordinal_probabilities(double along,
                                                        std::span<const float> thresholds);

}  // namespace skyglot
