// SPDX-License-Identifier: Apache-2.0
#include "scores/linear_probe.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"
#include "scores/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Property;
using testing::Throws;

ProbeFitOptions with_c(double c, double tolerance = 1e-7) {
  ProbeFitOptions options;
  options.c = c;
  options.tolerance = tolerance;
  return options;
}

// `rows` pictures around `classes` random centres.
struct Clusters {
  Matrix features;
  std::vector<std::int32_t> labels;
};

Clusters clusters(std::int64_t rows, std::int32_t classes, double spread) {
  const Matrix centres = random_rows(classes, 16, 9);
  Clusters result{random_rows(rows, 16, 10), {}};
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto label = static_cast<std::int32_t>(i % classes);
    result.labels.push_back(label);
    for (std::size_t d = 0; d < 16; ++d)
      result.features.row(i)[d] =
          static_cast<float>(centres.row(label)[d] + spread * double{result.features.row(i)[d]});
  }
  normalise_rows(result.features);
  return result;
}

double top1(const Matrix& scores, std::span<const std::int32_t> labels) {
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < scores.rows; ++i)
    hits += static_cast<std::int32_t>(best_column(scores.row(i))) ==
            labels[static_cast<std::size_t>(i)];
  return 100 * static_cast<double>(hits) / static_cast<double>(scores.rows);
}

TEST(ProbeLoss, GradientIsWhatFiniteDifferencesGive) {
  const Clusters data = clusters(30, 4, 1);
  const auto loss = probe_loss({data.features, data.labels, 4}, 0.3);
  RandomStream random(1, "point");
  std::vector<double> x(4 * 17);
  for (double& value : x) value = random.normal();
  std::vector<double> gradient(x.size());
  std::vector<double> ignored(x.size());
  (void)loss(x, gradient);
  constexpr double kStep = 1.0 / 128;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> ahead = x;
    std::vector<double> behind = x;
    ahead[i] += kStep;
    behind[i] -= kStep;
    const double slope = (loss(ahead, ignored) - loss(behind, ignored)) / (2 * kStep);
    EXPECT_NEAR(gradient[i], slope, 2e-5) << i;
  }
}

TEST(ProbeLoss, AtZeroIsTheLogOfTheClasses) {
  const Clusters data = clusters(30, 4, 1);
  std::vector<double> gradient(4 * 17);
  const auto loss = probe_loss({data.features, data.labels, 4}, 1);
  EXPECT_NEAR(loss(std::vector<double>(4 * 17, 0.0), gradient), std::log(4.0), 1e-12);
}

// By symmetry the weights are -w and w with w (1 + exp(2 w)) = 2 C.
TEST(LinearProbe, TwoPointsHaveAKnownAnswer) {
  const Matrix features = matrix_of({{-1}, {1}});
  const std::vector<std::int32_t> labels{0, 1};
  const LinearProbe probe = fit_linear_probe({features, labels, 2}, with_c(1));
  EXPECT_TRUE(probe.converged);
  EXPECT_NEAR(probe.weights.row(0)[0], -0.521298457, 1e-5);
  EXPECT_NEAR(probe.weights.row(1)[0], 0.521298457, 1e-5);
  EXPECT_NEAR(probe.bias[0], 0, 1e-5);
}

// Optimum by Newton's method in double precision (numpy), C = 2.
TEST(LinearProbe, SmallProblemSolvedElsewhere) {
  const Matrix features =
      matrix_of({{1, 0.5F}, {2, -1}, {0.5F, 2}, {-1, 1}, {-2, -0.5F}, {0, -1.5F}, {1.5F, 1}});
  const std::vector<std::int32_t> labels{0, 0, 1, 1, 2, 2, 0};
  const LinearProbe probe = fit_linear_probe({features, labels, 3}, with_c(2));
  const std::vector<float> weights{1.1955547F,  -0.0760586F,  -0.50661639F,
                                   1.14726311F, -0.68893831F, -1.07120451F};
  EXPECT_THAT(probe.weights.values, testing::Pointwise(testing::FloatNear(2e-5F), weights));
  EXPECT_THAT(probe.bias, testing::Pointwise(testing::FloatNear(2e-5F),
                                             std::vector{0.1177298F, -0.28785034F, 0.17012054F}));
  EXPECT_NEAR(probe.loss, 0.3681845534, 1e-7);
}

// Objectives are means over the rows, so the penalty is halved where the rows are.
TEST(LinearProbe, ARowOfWeightTwoIsTwoRows) {
  const Clusters once = clusters(40, 3, 0.8);
  std::vector<float> weights;
  std::vector<std::int64_t> repeated;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < 40; ++i) {
    weights.push_back(i % 2 == 0 ? 2 : 1);
    for (int k = 0; k < (i % 2 == 0 ? 2 : 1); ++k) {
      repeated.push_back(i);
      labels.push_back(once.labels[static_cast<std::size_t>(i)]);
    }
  }
  const LinearProbe weighted =
      fit_linear_probe({once.features, once.labels, 3, weights}, with_c(2));
  const LinearProbe twice =
      fit_linear_probe({RowSource(once.features).chosen(repeated), labels, 3}, with_c(2));
  const LinearProbe plain = fit_linear_probe({once.features, once.labels, 3}, with_c(2));
  double apart = 0;
  for (std::size_t i = 0; i < weighted.weights.values.size(); ++i) {
    EXPECT_NEAR(weighted.weights.values[i], twice.weights.values[i], 1e-3);
    apart = std::max(
        apart, std::abs(double{plain.weights.values[i]} - double{weighted.weights.values[i]}));
  }
  EXPECT_GT(apart, 1e-2);
}

TEST(LinearProbe, SeparableDataAreSeparated) {
  const Clusters data = clusters(120, 6, 0.2);
  const LinearProbe probe = fit_linear_probe({data.features, data.labels, 6}, with_c(100));
  EXPECT_EQ(top1(probe.scores(data.features), data.labels), 100);
  for (const float value : probe.weights.values) EXPECT_TRUE(std::isfinite(value));
}

TEST(LinearProbe, AlmostNoPenaltyEndsAndStaysFinite) {
  const Clusters data = clusters(60, 3, 0.1);
  const LinearProbe probe = fit_linear_probe({data.features, data.labels, 3}, with_c(1e6));
  EXPECT_EQ(top1(probe.scores(data.features), data.labels), 100);
  EXPECT_LT(probe.loss, 1e-3);
}

TEST(LinearProbe, StrongPenaltyLeavesOnlyTheBias) {
  const Matrix features = matrix_of({{1, 0}, {0, 1}, {1, 0}, {1, 1}});
  const std::vector<std::int32_t> labels{0, 0, 0, 1};
  const LinearProbe probe = fit_linear_probe({features, labels, 2}, with_c(1e-6));
  for (const float value : probe.weights.values) EXPECT_NEAR(value, 0, 1e-4);
  EXPECT_NEAR(probe.bias[0] - probe.bias[1], std::log(3.0), 1e-3);
}

TEST(LinearProbe, AClassWithoutRowsIsNeverChosen) {
  const Clusters data = clusters(40, 2, 0.3);
  const LinearProbe probe = fit_linear_probe({data.features, data.labels, 3}, with_c(10));
  EXPECT_EQ(top1(probe.scores(data.features), data.labels), 100);
}

TEST(LinearProbe, RefusesWhatDoesNotFit) {
  const Matrix features = matrix_of({{1, 0}, {0, 1}});
  const std::vector<std::int32_t> labels{0, 5};
  EXPECT_THAT(
      [&] {
        (void)fit_linear_probe({features, labels, 2}, {});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("row 1 has the label 5"))));
  EXPECT_THAT(
      [&] {
        (void)fit_linear_probe({features, labels, 6}, with_c(0));
      },
      Throws<Error>(Property(&Error::what, HasSubstr("C 0"))));
}

TEST(ProbeSearch, FindsAPenaltyThatHelps) {
  Clusters data = clusters(400, 5, 0.5);
  for (std::int64_t i = 0; i < 400; ++i)  // one direction is loud and says nothing
    data.features.row(i)[0] = static_cast<float>(3 * std::sin(static_cast<double>(i)));
  const ProbeSearch search = search_linear_probe({data.features, data.labels, 5}, {}, {});
  EXPECT_EQ(search.training_rows, 320);
  EXPECT_EQ(search.validation_rows, 80);
  double best = 0;
  for (const ProbeTrial& trial : search.trials) best = std::max(best, trial.accuracy);
  const auto chosen = std::ranges::find(search.trials, search.c, &ProbeTrial::c);
  ASSERT_NE(chosen, search.trials.end());
  EXPECT_EQ(chosen->accuracy, best);
  EXPECT_TRUE(std::ranges::none_of(search.trials.begin(), chosen, [&](const ProbeTrial& trial) {
    return trial.accuracy == best;
  }));
  EXPECT_GE(search.trials.size(), 7u);
  EXPECT_LE(search.trials.size(), 15u);
  EXPECT_TRUE(std::ranges::is_sorted(search.trials, {}, &ProbeTrial::c));
  EXPECT_GT(best, search.trials.front().accuracy);  // 1e-6 is hardly more than the bias
}

TEST(ProbeSearch, SplitFollowsTheIdsNotTheOrder) {
  const Clusters data = clusters(60, 3, 1.5);
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back("picture-" + std::to_string(i));
  Clusters turned{Matrix(60, 16), {}};
  std::vector<std::string> turned_ids;
  for (std::int64_t i = 0; i < 60; ++i) {
    std::ranges::copy(data.features.row(59 - i), turned.features.row(i).begin());
    turned.labels.push_back(data.labels[static_cast<std::size_t>(59 - i)]);
    turned_ids.push_back(ids[static_cast<std::size_t>(59 - i)]);
  }
  const auto a = search_linear_probe({data.features, data.labels, 3}, ids, {});
  const auto b = search_linear_probe({turned.features, turned.labels, 3}, turned_ids, {});
  EXPECT_EQ(a.trials.front().accuracy, b.trials.front().accuracy);
  EXPECT_EQ(a.c, b.c);
  const auto again = search_linear_probe({data.features, data.labels, 3}, ids, {});
  EXPECT_EQ(a.probe.weights.values, again.probe.weights.values);
}

TEST(ProbeSearch, OneRowPerClassCannotBeSplit) {
  const Matrix features = matrix_of({{1, 0}, {0, 1}});
  const std::vector<std::int32_t> labels{0, 1};
  EXPECT_THAT(
      [&] {
        (void)search_linear_probe({features, labels, 2}, {}, {});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("or C itself"))));
}

}  // namespace
}  // namespace skyglot
