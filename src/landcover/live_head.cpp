// SPDX-License-Identifier: Apache-2.0
#include "landcover/live_head.hpp"

#include "base/linear_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace skyglot {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kAdamEpsilon = 1e-8;

PointwiseLayer begun_layer(RandomStream& random, std::int64_t out, std::int64_t in) {
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  PointwiseLayer layer{Matrix(out, in), std::vector<float>(static_cast<std::size_t>(out))};
  for (std::vector<float>* values : {&layer.weights.values, &layer.bias})
    for (float& value : *values) value = static_cast<float>(random.uniform(-bound, bound));
  return layer;
}

Matrix with_dropped_channels(const Matrix& features, std::int64_t each, double dropout,
                             RandomStream& random) {
  Matrix result = features;
  std::vector<float> mask(static_cast<std::size_t>(features.cols));
  for (std::int64_t first = 0; first < features.rows; first += each) {
    for (float& value : mask)
      value = random.chance(dropout) ? 0.F : static_cast<float>(1 / (1 - dropout));
    for (std::int64_t i = first; i < first + each; ++i)
      std::ranges::transform(result.row(i), mask, result.row(i).begin(), std::multiplies<>());
  }
  return result;
}

std::vector<float> column_sums(const Matrix& matrix) {
  std::vector<double> sums(static_cast<std::size_t>(matrix.cols));
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += double{matrix.row(i)[d]};
  return {sums.begin(), sums.end()};
}

}  // namespace

void Adam::step(std::vector<float>& values, const std::vector<float>& gradient) {
  ++steps_;
  first_.resize(values.size());
  second_.resize(values.size());
  const double rate = rate_ / (1 - std::pow(kBeta1, static_cast<double>(steps_)));
  const double scale = 1 / std::sqrt(1 - std::pow(kBeta2, static_cast<double>(steps_)));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto g = double{gradient[i]};
    first_[i] = static_cast<float>(kBeta1 * double{first_[i]} + (1 - kBeta1) * g);
    second_[i] = static_cast<float>(kBeta2 * double{second_[i]} + (1 - kBeta2) * g * g);
    const double length = std::sqrt(double{second_[i]}) * scale + kAdamEpsilon;
    values[i] -= static_cast<float>(rate * double{first_[i]} / length);
  }
}

LiveHead::LiveHead(RandomStream& random, std::int64_t depth, std::int64_t dimensions, double rate)
    : head_{begun_layer(random, dimensions, depth), begun_layer(random, depth, depth),
            begun_layer(random, dimensions, depth)},
      linear_{Adam(rate), Adam(rate)},
      hidden_{Adam(rate), Adam(rate)},
      output_{Adam(rate), Adam(rate)} {}

HeadPass LiveHead::forward(const Matrix& features, std::int64_t each, double dropout,
                           RandomStream& random) const {
  HeadPass pass;
  pass.straight = with_dropped_channels(features, each, dropout, random);
  pass.bent = with_dropped_channels(features, each, dropout, random);
  pass.hidden = head_.hidden.apply(pass.bent);
  for (float& value : pass.hidden.values) value = std::max(value, 0.F);
  pass.codes = head_.linear.apply(pass.straight);
  const Matrix added = head_.output.apply(pass.hidden);
  std::ranges::transform(pass.codes.values, added.values, pass.codes.values.begin(), std::plus<>());
  return pass;
}

void LiveHead::step(PointwiseLayer& layer, LayerSteps& steps, const Matrix& in,
                    const Matrix& by_out) {
  steps.weights.step(layer.weights.values, transposed_product(by_out, in).values);
  steps.bias.step(layer.bias, column_sums(by_out));
}

void LiveHead::step(const HeadPass& pass, const Matrix& by_codes) {
  Matrix by_hidden = product(by_codes, head_.output.weights);
  for (std::size_t i = 0; i < by_hidden.values.size(); ++i)
    if (pass.hidden.values[i] <= 0) by_hidden.values[i] = 0;
  step(head_.linear, linear_, pass.straight, by_codes);
  step(head_.output, output_, pass.hidden, by_codes);
  step(head_.hidden, hidden_, pass.bent, by_hidden);
}

}  // namespace skyglot
