// SPDX-License-Identifier: Apache-2.0
#include "scores/ordinal_regression.hpp"

#include "base/error.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

// log(1 + exp(-x))
double soft_hinge(double x) {
  return x >= 0 ? std::log1p(std::exp(-x)) : std::log1p(std::exp(x)) - x;
}

class OrdinalLoss {
 public:
  OrdinalLoss(const ProbeData& data, double c)
      : features_(data.features.all()),
        labels_(data.labels),
        penalty_(1 / (c * static_cast<double>(data.features.rows()))) {}

  double operator()(std::span<const double> x, std::span<double> gradient) const {
    const auto width = static_cast<std::size_t>(features_.cols);
    std::ranges::fill(gradient, 0.0);
    double loss = 0;
    for (std::int64_t i = 0; i < features_.rows; ++i)
      loss += add_row(i, x.first(width), x.subspan(width), gradient);
    const auto rows = static_cast<double>(features_.rows);
    for (double& value : gradient) value /= rows;
    double square = 0;
    for (std::size_t d = 0; d < width; ++d) {
      square += x[d] * x[d];
      gradient[d] += penalty_ * x[d];
    }
    return loss / rows + penalty_ * square / 2;
  }

 private:
  double add_row(std::int64_t i, std::span<const double> weights,
                 std::span<const double> thresholds, std::span<double> gradient) const {
    const std::span<const float> row = features_.row(i);
    const double along = std::inner_product(weights.begin(), weights.end(), row.begin(), 0.0);
    const auto label = static_cast<std::size_t>(labels_[static_cast<std::size_t>(i)]);
    double loss = 0;
    double slope = 0;  // of the loss along w
    for (std::size_t k = 0; k < thresholds.size(); ++k) {
      const double side = label <= k ? 1 : -1;
      const double margin = side * (thresholds[k] - along);
      const double pull = side * sigmoid(-margin);
      loss += soft_hinge(margin);
      slope += pull;
      gradient[weights.size() + k] -= pull;
    }
    for (std::size_t d = 0; d < weights.size(); ++d) gradient[d] += slope * double{row[d]};
    return loss;
  }

  Matrix features_;
  std::span<const std::int32_t> labels_;
  double penalty_;
};

}  // namespace

SmoothFunction ordinal_loss(const ProbeData& data, double c) {
  return OrdinalLoss(data, c);
}

OrdinalRegression fit_ordinal_regression(const ProbeData& data, const ProbeFitOptions& options) {
  options.validate();
  if (data.features.rows() == 0 || data.classes < 2)
    fail(ErrorKind::input, "an ordinal regression needs labelled vectors of two classes or more");
  require_labels(data.labels, data.features.rows(), data.classes);
  require_finite(data.features, "labelled vectors");
  const auto width = static_cast<std::size_t>(data.features.cols());
  std::vector<double> start(width + static_cast<std::size_t>(data.classes - 1), 0.0);
  const Minimum minimum =
      minimise(ordinal_loss(data, options.c), std::move(start),
               {.max_iterations = options.max_iterations, .tolerance = options.tolerance});
  OrdinalRegression result;
  for (const double value : std::span(minimum.x).first(width))
    result.weights.push_back(static_cast<float>(value));
  for (const double value : std::span(minimum.x).subspan(width))
    result.thresholds.push_back(static_cast<float>(value));
  std::ranges::sort(result.thresholds);  // they are, up to rounding
  result.loss = minimum.value;
  result.iterations = minimum.iterations;
  result.converged = minimum.converged;
  return result;
}

std::vector<double> ordinal_probabilities(double along, std::span<const float> thresholds) {
  std::vector<double> probabilities;
  double above = 1;
  for (const float threshold : thresholds) {
    const double next = sigmoid(along - double{threshold});
    probabilities.push_back(std::max(0.0, above - next));
    above = next;
  }
  probabilities.push_back(above);
  return probabilities;
}

}  // namespace skyglot
