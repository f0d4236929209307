// SPDX-License-Identifier: Apache-2.0
// Minimisation of smooth functions by limited-memory BFGS.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace skyglot {

/// Value at x; writes the gradient (as long as x).
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct LbfgsOptions {
  int memory = 10;
  int max_iterations = 1000;
  double tolerance = 1e-5;  ///< on the largest component of the gradient
};

struct Minimum {
  std::vector<double> x;
  double value = 0;
  double gradient = 0;  ///< its largest component
  int iterations = 0;
  bool converged = false;  ///< gradient <= tolerance, or no step makes the value smaller any more
};

/// Two-loop recursion (Nocedal 1980) with a bisection line search for the weak Wolfe conditions
/// (Lewis, Overton 2013), so that every curvature pair is positive. Deterministic.
[[nodiscard]] Minimum minimise(const SmoothFunction& function, std::vector<double> start,
                               const LbfgsOptions& options);

}  // namespace skyglot
