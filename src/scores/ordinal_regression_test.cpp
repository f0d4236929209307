// SPDX-License-Identifier: Apache-2.0
#include "scores/ordinal_regression.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

struct Ordered {
  Matrix features;
  std::vector<std::int32_t> labels;
};

// Classes 0, 1, 2 by where a row lies along its first column, with some noise.
Ordered ordered(std::int64_t rows) {
  Ordered result{random_rows(rows, 4, 3), {}};
  const Matrix noise = random_rows(rows, 1, 8);
  for (std::int64_t i = 0; i < rows; ++i) {
    const double at = double{result.features.row(i)[0]} + 0.2 * double{noise.row(i)[0]};
    result.labels.push_back(at < -0.5 ? 0 : at < 0.8 ? 1 : 2);
  }
  return result;
}

TEST(OrdinalLoss, GradientIsWhatFiniteDifferencesGive) {
  const Ordered data = ordered(40);
  const auto loss = ordinal_loss({data.features, data.labels, 3}, 0.7);
  std::vector<double> x{0.3, -0.2, 0.5, 0.1, -0.4, 0.9};
  std::vector<double> gradient(x.size());
  std::vector<double> ignored(x.size());
  (void)loss(x, gradient);
  constexpr double kStep = 1e-5;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> ahead = x;
    std::vector<double> behind = x;
    ahead[i] += kStep;
    behind[i] -= kStep;
    EXPECT_NEAR(gradient[i], (loss(ahead, ignored) - loss(behind, ignored)) / (2 * kStep), 1e-8);
  }
}

TEST(OrdinalLoss, AtZeroIsALogOfTwoForEachThreshold) {
  const Ordered data = ordered(10);
  std::vector<double> gradient(6);
  EXPECT_NEAR(ordinal_loss({data.features, data.labels, 3}, 1)(std::vector<double>(6, 0), gradient),
              2 * std::log(2.0), 1e-12);
}

TEST(OrdinalRegression, FindsTheDirectionAndThresholdsInOrder) {
  const Ordered data = ordered(600);
  ProbeFitOptions options;
  options.c = 10;
  const OrdinalRegression found = fit_ordinal_regression({data.features, data.labels, 3}, options);
  EXPECT_TRUE(found.converged);
  ASSERT_EQ(found.thresholds.size(), 2u);
  EXPECT_LT(found.thresholds[0], found.thresholds[1]);
  for (std::size_t d = 1; d < 4; ++d)
    EXPECT_LT(std::abs(found.weights[d]), 0.1 * double{found.weights[0]});
  EXPECT_NEAR(found.thresholds[0] / found.weights[0], -0.5, 0.1);
  EXPECT_NEAR(found.thresholds[1] / found.weights[0], 0.8, 0.1);
}

TEST(OrdinalRegression, ProbabilitiesSumToOneAndFollowTheThresholds) {
  const std::vector<float> thresholds{-1, 2};
  for (const double along : {-30.0, 0.5, 30.0}) {
    const auto p = ordinal_probabilities(along, thresholds);
    ASSERT_EQ(p.size(), 3u);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
    EXPECT_EQ(std::ranges::max_element(p) - p.begin(), along < -1 ? 0 : along < 2 ? 1 : 2);
  }
  EXPECT_NEAR(ordinal_probabilities(-1, thresholds)[0], 0.5, 1e-12);
}

TEST(OrdinalRegression, OneClassAndWrongLabelsAreRefused) {
  const Ordered data = ordered(10);
  EXPECT_THROW((void)fit_ordinal_regression({data.features, data.labels, 1}, {}), Error);
  EXPECT_THROW((void)fit_ordinal_regression({data.features, data.labels, 2}, {}), Error);
}

}  // namespace
}  // namespace skyglot
