// SPDX-License-Identifier: Apache-2.0
#include "scores/knn.hpp"

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

// Similarities with the query (1, 0): 1, 0.8, 0.6, 0, -1.
const Matrix kTrain = matrix_of({{1, 0}, {0.8F, 0.6F}, {0.6F, -0.8F}, {0, 1}, {-1, 0}});
const std::vector<std::int32_t> kLabels{0, 1, 1, 2, 2};
const Matrix kQuery = matrix_of({{1, 0}});

KnnOptions options(int k, double temperature, std::int64_t block = 0) {
  KnnOptions result;
  result.k = k;
  result.temperature = temperature;
  result.block_rows = block;
  return result;
}

TEST(Knn, VotesByHand) {
  const Matrix shares = knn_scores(kTrain, kLabels, 3, kQuery, options(3, 0.5));
  const double first = std::exp(1 / 0.5);
  const double second = std::exp(0.8 / 0.5) + std::exp(0.6 / 0.5);
  EXPECT_NEAR(shares.row(0)[0], first / (first + second), 1e-6);
  EXPECT_NEAR(shares.row(0)[1], second / (first + second), 1e-6);
  EXPECT_EQ(shares.row(0)[2], 0);
}

TEST(Knn, LowTemperatureTrustsTheNearestHighTheMany) {
  const Matrix cold = knn_scores(kTrain, kLabels, 3, kQuery, options(3, 1e-4));
  EXPECT_FLOAT_EQ(cold.row(0)[0], 1);
  const Matrix hot = knn_scores(kTrain, kLabels, 3, kQuery, options(3, 1e6));
  EXPECT_NEAR(hot.row(0)[1], 2.0 / 3, 1e-5);
}

TEST(Knn, MoreNeighboursThanThereAre) {
  const Matrix shares = knn_scores(kTrain, kLabels, 3, kQuery, options(100, 1e6));
  EXPECT_NEAR(shares.row(0)[0], 0.2, 1e-5);
  EXPECT_NEAR(shares.row(0)[2], 0.4, 1e-5);
}

TEST(Knn, LeaveOneOutIsTrainingWithoutTheRow) {
  const Matrix vectors = small_integers(12, 3, 4);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 12; ++i) labels.push_back(i % 3);
  const Matrix all = knn_leave_one_out(vectors, labels, 3, options(4, 2));
  for (std::int64_t out = 0; out < vectors.rows; ++out) {
    Matrix rest(0, 3);
    std::vector<std::int32_t> rest_labels;
    for (std::int64_t i = 0; i < vectors.rows; ++i) {
      if (i == out) continue;
      rest.values.insert(rest.values.end(), vectors.row(i).begin(), vectors.row(i).end());
      ++rest.rows;
      rest_labels.push_back(labels[static_cast<std::size_t>(i)]);
    }
    Matrix query(1, 3);
    std::ranges::copy(vectors.row(out), query.row(0).begin());
    const Matrix one = knn_scores(rest, rest_labels, 3, query, options(4, 2));
    for (std::size_t k = 0; k < 3; ++k) EXPECT_FLOAT_EQ(all.row(out)[k], one.row(0)[k]) << out;
  }
}

TEST(Knn, BlocksDoNotMatter) {
  const Matrix train = small_integers(40, 5, 1);
  const Matrix queries = small_integers(17, 5, 2);
  const std::vector<std::int32_t> labels(40, 1);
  std::vector<std::int32_t> mixed = labels;
  for (std::size_t i = 0; i < mixed.size(); i += 3) mixed[i] = 0;
  const Matrix whole = knn_scores(train, mixed, 2, queries, options(5, 3));
  EXPECT_EQ(knn_scores(train, mixed, 2, queries, options(5, 3, 1)).values, whole.values);
  EXPECT_EQ(knn_scores(train, mixed, 2, queries, options(5, 3, 4)).values, whole.values);
}

TEST(Knn, RefusesWhatDoesNotFit) {
  EXPECT_THAT([] { (void)knn_scores(kTrain, kLabels, 2, kQuery, {}); },
              Throws<Error>(Property(&Error::what, HasSubstr("row 3 has the label 2"))));
  EXPECT_THAT([] { (void)knn_scores(Matrix(0, 2), {}, 2, kQuery, {}); },
              Throws<Error>(Property(&Error::what, HasSubstr("at least one labelled"))));
  EXPECT_THAT([] { (void)knn_leave_one_out(kQuery, std::vector<std::int32_t>{0}, 1, {}); },
              Throws<Error>(Property(&Error::what, HasSubstr("at least two"))));
  EXPECT_THAT([] { (void)knn_scores(kTrain, kLabels, 3, kQuery, options(0, -1)); },
              Throws<Error>(Property(
                  &Error::what, testing::AllOf(HasSubstr("k 0"), HasSubstr("temperature -1")))));
}

// DINO's and others' top 5 is of the classes that got votes, not filled up in the order of the
// list.
TEST(Knn, AClassWithoutAVoteIsInNoTopFive) {
  const std::vector<std::string> names{"a", "b", "c"};
  const Matrix shares = knn_scores(kTrain, kLabels, 3, kQuery, options(3, 0.5));
  const auto top5 = [&](std::int32_t label) {
    return score_classification(shares, std::vector{label}, names, {}, ZeroScore::is_absence).top5;
  };
  EXPECT_EQ(top5(0), 100);
  EXPECT_EQ(top5(1), 100);
  EXPECT_EQ(top5(2), 0);
}

TEST(Knn, AVoteStaysOneHoweverLittleItWeighs) {
  const Matrix shares = knn_scores(kTrain, kLabels, 3, kQuery, options(2, 1e-4));
  EXPECT_GT(shares.row(0)[1], 0);
  EXPECT_EQ(shares.row(0)[2], 0);
}

}  // namespace
}  // namespace skyglot
