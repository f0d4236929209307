// SPDX-License-Identifier: Apache-2.0
#include "scores/lbfgs.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <lbfgs.h>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace skyglot {
namespace {

static_assert(std::is_same_v<lbfgsfloatval_t, double>);

double largest(std::span<const double> values) {
  double result = 0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

// The library wants its own, padded memory.
struct Free {
  void operator()(double* values) const noexcept { lbfgs_free(values); }
};
using Variables = std::unique_ptr<double, Free>;

// One descent through the C library, through which no exception may pass.
class Descent {
 public:
  Descent(const SmoothFunction& function, const LbfgsOptions& options)
      : function_(function), options_(options) {}

  /// At most so many iterations from `x`, which moves.
  void run(double* x, int size, int iterations) {
    lbfgs_parameter_t how;
    lbfgs_parameter_init(&how);
    how.m = std::max(options_.memory, 1);
    how.epsilon = 0;  // ours is on the largest component, see on_progress()
    how.max_iterations = iterations;
    how.linesearch = LBFGS_LINESEARCH_BACKTRACKING_WOLFE;
    how.max_linesearch = 60;
    iterations_ = 0;
    reached_ = false;
    (void)lbfgs(size, x, nullptr, &Descent::on_evaluate, &Descent::on_progress, this, &how);
    if (failure_) std::rethrow_exception(failure_);
  }

  [[nodiscard]] int iterations() const { return iterations_; }
  [[nodiscard]] bool reached() const { return reached_; }

 private:
  // What is no number is a step too far.
  static double on_evaluate(void* self, const double* x, double* gradient, const int size,
                            const double /*step*/) {
    auto& descent = *static_cast<Descent*>(self);
    const auto count = static_cast<std::size_t>(size);
    try {
      if (!descent.failure_) {
        const double value = descent.function_({x, count}, {gradient, count});
        if (std::isfinite(value)) return value;
      }
    } catch (...) {
      descent.failure_ = std::current_exception();
    }
    std::fill_n(gradient, count, 0.0);
    return std::numeric_limits<double>::infinity();
  }

  static int on_progress(void* self, const double* /*x*/, const double* gradient,
                         const double /*value*/, const double /*length*/, const double /*slope*/,
                         const double /*step*/, int size, int iteration, int /*evaluations*/) {
    auto& descent = *static_cast<Descent*>(self);
    descent.iterations_ = iteration;
    try {
      check_interrupt();
    } catch (...) {
      descent.failure_ = std::current_exception();
    }
    descent.reached_ =
        largest({gradient, static_cast<std::size_t>(size)}) <= descent.options_.tolerance;
    return descent.reached_ || descent.failure_ ? 1 : 0;
  }

  const SmoothFunction& function_;
  const LbfgsOptions& options_;
  int iterations_ = 0;
  bool reached_ = false;
  std::exception_ptr failure_;
};

Minimum at(const SmoothFunction& function, std::vector<double> x) {
  Minimum minimum;
  std::vector<double> gradient(x.size());
  minimum.value = function(x, gradient);
  minimum.gradient = largest(gradient);
  minimum.x = std::move(x);
  return minimum;
}

}  // namespace

Minimum minimise(const SmoothFunction& function, std::vector<double> start,
                 const LbfgsOptions& options) {
  const auto size = static_cast<int>(start.size());
  const Variables x(lbfgs_malloc(size));
  if (!x) throw std::bad_alloc();
  Minimum minimum = at(function, std::move(start));
  std::ranges::copy(minimum.x, x.get());
  Descent descent(function, options);
  while (minimum.gradient > options.tolerance && minimum.iterations < options.max_iterations) {
    descent.run(x.get(), size, options.max_iterations - minimum.iterations);
    const int iterations = minimum.iterations + descent.iterations();
    const double before = minimum.value;
    minimum = at(function, {x.get(), x.get() + size});
    minimum.iterations = iterations;
    // A line search that found nothing starts anew without memory, until that finds nothing either:
    // rounding hides any further descent.
    minimum.converged = descent.reached() || !(minimum.value < before);
    if (minimum.converged) break;
  }
  minimum.converged = minimum.converged || minimum.gradient <= options.tolerance;
  return minimum;
}

}  // namespace skyglot
