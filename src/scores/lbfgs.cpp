// SPDX-License-Identifier: Apache-2.0
#include "scores/lbfgs.hpp"

#include "base/interrupt.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0);
}

double largest(const Vector& values) {
  double result = 0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

// y += factor * x
void add(Vector& y, double factor, const Vector& x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += factor * x[i];
}

struct Point {
  Vector x;
  Vector gradient;
  double value = 0;
};

Point evaluate(const SmoothFunction& function, Vector x) {
  Point point{std::move(x), {}, 0};
  point.gradient.resize(point.x.size());
  point.value = function(point.x, point.gradient);
  return point;
}

// The last steps and the changes of the gradient along them: an approximate inverse Hessian.
class Curvature {
 public:
  explicit Curvature(int memory) : memory_(static_cast<std::size_t>(std::max(memory, 1))) {}

  [[nodiscard]] bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }

  void learn(const Point& from, const Point& to) {
    Pair pair{to.x, to.gradient, 0};
    add(pair.step, -1, from.x);
    add(pair.change, -1, from.gradient);
    const double product = dot(pair.step, pair.change);
    if (!(product > std::numeric_limits<double>::epsilon() * dot(pair.change, pair.change))) return;
    pair.inverse = 1 / product;
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > memory_) pairs_.pop_front();
  }

  // Two-loop recursion; steepest descent of unit length while nothing is known.
  [[nodiscard]] Vector descent(const Vector& gradient) const {
    Vector direction = gradient;
    Vector alphas(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alphas[i] = pairs_[i].inverse * dot(pairs_[i].step, direction);
      add(direction, -alphas[i], pairs_[i].change);
    }
    const double scale = first_scale(gradient);
    for (double& value : direction) value *= scale;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = pairs_[i].inverse * dot(pairs_[i].change, direction);
      add(direction, alphas[i] - beta, pairs_[i].step);
    }
    for (double& value : direction) value = -value;
    return direction;
  }

 private:
  struct Pair {
    Vector step;
    Vector change;
    double inverse = 0;  // of their inner product
  };

  [[nodiscard]] double first_scale(const Vector& gradient) const {
    if (pairs_.empty()) return 1 / std::sqrt(dot(gradient, gradient));
    const Vector& change = pairs_.back().change;
    return 1 / (pairs_.back().inverse * dot(change, change));
  }

  std::size_t memory_;
  std::deque<Pair> pairs_;
};

Vector ahead(const Point& from, const Vector& direction, double step) {
  Vector x = from.x;
  add(x, step, direction);
  return x;
}

// A point that is lower and flatter enough (weak Wolfe conditions); if bisection ends before one is
// found, the last that is lower; nothing if none is.
std::optional<Point> search_line(const SmoothFunction& function, const Point& from,
                                 const Vector& direction) {
  constexpr double kDecrease = 1e-4;
  constexpr double kFlatter = 0.9;
  constexpr int kTrials = 40;
  const double slope = dot(from.gradient, direction);
  if (!(slope < 0)) return std::nullopt;
  std::optional<Point> lower;
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  double step = 1;
  for (int trial = 0; trial < kTrials; ++trial) {
    Point to = evaluate(function, ahead(from, direction, step));
    if (!(to.value < from.value && to.value <= from.value + kDecrease * step * slope)) {
      high = step;
    } else {
      const bool flat = dot(to.gradient, direction) >= kFlatter * slope;
      lower = std::move(to);
      if (flat) break;
      low = step;
    }
    step = std::isinf(high) ? 2 * low : (low + high) / 2;
  }
  return lower;
}

}  // namespace

Minimum minimise(const SmoothFunction& function, std::vector<double> start,
                 const LbfgsOptions& options) {
  Curvature curvature(options.memory);
  Point at = evaluate(function, std::move(start));
  Minimum result;
  while (!(largest(at.gradient) <= options.tolerance)) {
    if (result.iterations == options.max_iterations) break;
    check_interrupt();
    std::optional<Point> next = search_line(function, at, curvature.descent(at.gradient));
    if (!next && curvature.empty()) {
      result.converged = true;  // rounding hides any further descent
      break;
    }
    if (!next) {
      curvature.clear();
      continue;
    }
    curvature.learn(at, *next);
    at = std::move(*next);
    ++result.iterations;
  }
  result.gradient = largest(at.gradient);
  result.converged = result.converged || result.gradient <= options.tolerance;
  result.value = at.value;
  result.x = std::move(at.x);
  return result;
}

}  // namespace skyglot
