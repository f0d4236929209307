// SPDX-License-Identifier: Apache-2.0
#include "scores/metrics.hpp"

#include "base/error.hpp"
#include "scores/binomial.hpp"
#include "scores/matrix_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Property;
using testing::Throws;

const std::vector<std::string> kSeven{"a", "b", "c", "d", "e", "f", "g"};
const std::vector<std::string> kThree{"a", "b", "c"};

TEST(Classification, CountsByHand) {
  const Matrix scores = matrix_of({{3, 1, 2},    // a, right
                                   {1, 3, 2},    // a, taken for b
                                   {0, 5, 1},    // b, right
                                   {9, 0, 0}});  // b, taken for a
  const std::vector<std::int32_t> labels{0, 0, 1, 1};
  const auto score = score_classification(scores, labels, kThree, {});
  EXPECT_EQ(score.count, 4);
  EXPECT_DOUBLE_EQ(score.top1, 50);
  EXPECT_DOUBLE_EQ(score.top5, 100);  // three classes only
  EXPECT_DOUBLE_EQ(score.mean_class_accuracy, 50);
  EXPECT_EQ(score.per_class[1].name, "b");
  EXPECT_EQ(score.per_class[1].count, 2);
  EXPECT_EQ(score.per_class[1].correct, 1);
  EXPECT_EQ(score.confusion.at(0, 1), 1);
  EXPECT_EQ(score.confusion.at(1, 0), 1);
  EXPECT_EQ(score.confusion.at(1, 2), 0);
}

TEST(Classification, MeanOfClassesLeavesOutThoseWithoutPictures) {
  const Matrix scores = matrix_of({{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}});
  const std::vector<std::int32_t> labels{0, 0, 0, 1};
  const auto score = score_classification(scores, labels, kThree, {});
  EXPECT_DOUBLE_EQ(score.top1, 75);
  EXPECT_DOUBLE_EQ(score.mean_class_accuracy, 50);
}

TEST(Classification, FifthIsInTopFiveSixthIsNot) {
  const Matrix scores = matrix_of({{7, 6, 5, 4, 3, 2, 1}, {7, 6, 5, 4, 3, 2, 1}});
  const std::vector<std::int32_t> labels{4, 5};
  EXPECT_DOUBLE_EQ(score_classification(scores, labels, kSeven, {}).top5, 50);
}

TEST(Classification, TieGoesToTheLowerIndex) {
  const Matrix scores = matrix_of({{1, 1, 1, 1, 1, 1, 1}});
  const auto with = [&](std::int32_t label) {
    return score_classification(scores, std::vector{label}, kSeven, {});
  };
  EXPECT_DOUBLE_EQ(with(0).top1, 100);
  EXPECT_DOUBLE_EQ(with(1).top1, 0);
  EXPECT_EQ(with(1).confusion.at(1, 0), 1);
  EXPECT_DOUBLE_EQ(with(4).top5, 100);
  EXPECT_DOUBLE_EQ(with(5).top5, 0);
}

TEST(Classification, DamageIsNamed) {
  Matrix scores = matrix_of({{1, 0, 0}, {1, 0, 0}});
  const auto run = [&](std::vector<std::int32_t> labels) {
    (void)score_classification(scores, labels, kThree, {});
  };
  EXPECT_THAT(
      [&] {
        run({0, 3});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("row 1 has the label 3"))));
  EXPECT_THAT(
      [&] {
        run({0, -1});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("row 1 has the label -1"))));
  EXPECT_THAT([&] { run({0}); },
              Throws<Error>(Property(&Error::what, HasSubstr("1 labels for 2"))));
  scores.row(1)[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        run({0, 0});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("row 1 has a score that is not"))));
  scores = Matrix(0, 3);
  EXPECT_THAT([&] { run({}); }, Throws<Error>(Property(&Error::kind, ErrorKind::input)));
}

// Quantiles 2.5 % and 97.5 % of the binomial distribution (100, 0.8) are 72 and 87 to 88.
TEST(Bootstrap, IsTheBinomialInterval) {
  const Interval interval = bootstrap_share(80, 100, {20000, 7, 0.95});
  EXPECT_NEAR(interval.low, 72, 0.51);
  EXPECT_NEAR(interval.high, 87.5, 0.51);
}

TEST(Bootstrap, DependsOnTheSeedAlone) {
  const BootstrapOptions one{1000, 1, 0.9};
  const BootstrapOptions two{1000, 2, 0.9};
  const Interval a = bootstrap_share(123, 1000, one);
  EXPECT_EQ(a.low, bootstrap_share(123, 1000, one).low);
  const Interval b = bootstrap_share(123, 1000, two);
  EXPECT_TRUE(a.low != b.low || a.high != b.high);
}

TEST(Bootstrap, TakesNoLongerForMoreItems) {
  const auto begin = std::chrono::steady_clock::now();
  const Interval interval = bootstrap_share(600'000'000, 1'000'000'000, {});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_NEAR(interval.low, 60, 0.01);
  EXPECT_NEAR(interval.high, 60, 0.01);
  EXPECT_LT(interval.low, interval.high);
}

TEST(Bootstrap, DrawsAreBinomial) {
  // Mean and variance of 40 tries at 0.3, and each outcome's share of 100,000 draws.
  constexpr int kDraws = 100'000;
  std::vector<double> share(41, 0);
  RandomStream random(3, "binomial");
  for (int i = 0; i < kDraws; ++i)
    share[static_cast<std::size_t>(draw_binomial(random, 40, 0.3))] += 1. / kDraws;
  double probability = std::pow(0.7, 40);
  for (int k = 0; k <= 40; ++k) {
    EXPECT_NEAR(share[static_cast<std::size_t>(k)], probability, 0.006) << k;
    probability *= 0.3 / 0.7 * (40 - k) / (k + 1);
  }
}

// Five captions of a picture that are hit or missed together say no more than one.
TEST(Bootstrap, ClustersAreDrawnWhole) {
  std::vector<Cluster> clusters;
  for (int i = 0; i < 200; ++i) clusters.push_back({i % 2 == 0 ? 5.0 : 0.0, 5});
  const BootstrapOptions options{20000, 3, 0.95};
  const Interval together = bootstrap_clusters(clusters, options);
  const Interval alone = bootstrap_share(100, 200, options);
  const Interval apart = bootstrap_share(500, 1000, options);
  EXPECT_NEAR(together.low, alone.low, 0.6);
  EXPECT_NEAR(together.high, alone.high, 0.6);
  EXPECT_GT(together.high - together.low, 2 * (apart.high - apart.low));
}

TEST(Bootstrap, CertainShareHasNoWidth) {
  EXPECT_EQ(bootstrap_share(0, 50, {}).high, 0);
  EXPECT_EQ(bootstrap_share(50, 50, {}).low, 100);
  EXPECT_EQ(bootstrap_share(0, 0, {}).high, 0);
}

TEST(Bootstrap, NamesEveryOptionThatMakesNoSense) {
  EXPECT_THAT(([] {
                (void)bootstrap_share(1, 2, {0, 0, 1.5});
              }),
              Throws<Error>(Property(
                  &Error::what, testing::AllOf(HasSubstr("0 samples"), HasSubstr("level 1.5")))));
}

TEST(BestF1, ByHand) {
  // At 0.3: 2 right, 1 wrong, 1 missed -> 2/3, 2/3. At 0.1: 3 right, 1 wrong, none missed -> 6/7.
  const std::vector<float> scores{0.9F, 0.5F, 0.31F, 0.1F, -0.4F};
  const std::vector<std::int32_t> labels{1, 1, 0, 1, 0};
  const BinaryScore best = best_f1(scores, labels);
  EXPECT_NEAR(best.f1, 6.0 / 7, 1e-8);
  EXPECT_NEAR(best.precision, 0.75, 1e-8);
  EXPECT_NEAR(best.recall, 1, 1e-8);
  EXPECT_DOUBLE_EQ(best.threshold, -0.38);  // the lowest of -0.38 ... 0.1
}

TEST(BestF1, AScoreAtTheThresholdIsPositive) {
  const std::vector<float> scores{1.0F, 0.99F};
  const std::vector<std::int32_t> labels{1, 0};
  const BinaryScore best = best_f1(scores, labels);
  EXPECT_DOUBLE_EQ(best.threshold, 1);
  EXPECT_NEAR(best.f1, 1, 1e-8);
}

TEST(BestF1, RefusesWhatIsNoLabelOrNumber) {
  const std::vector<float> scores{0.5F, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT(([&] {
                (void)best_f1(scores, std::vector<std::int32_t>{1, 0});
              }),
              Throws<Error>(Property(&Error::what, HasSubstr("row 1"))));
  EXPECT_THAT(([&] {
                (void)best_f1(scores, std::vector<std::int32_t>{2, 0});
              }),
              Throws<Error>(Property(&Error::what, HasSubstr("label 2"))));
  EXPECT_THAT([] { (void)best_f1({}, {}); },
              Throws<Error>(Property(&Error::kind, ErrorKind::input)));
}

}  // namespace
}  // namespace skyglot
