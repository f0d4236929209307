// SPDX-License-Identifier: Apache-2.0
#include "scores/ranked_rows.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(RankRows, BestFirstWithTheShareThatScoresLower) {
  const Matrix rows = matrix_of({{1, 0}, {0, 1}, {0.6F, 0.8F}, {0.8F, 0.6F}, {-1, 0}});
  const Matrix queries = matrix_of({{1, 0}, {0, 1}});
  const auto ranked = rank_rows(rows, queries, 3);
  ASSERT_EQ(ranked.size(), 2u);
  ASSERT_EQ(ranked[0].size(), 3u);
  EXPECT_EQ(ranked[0][0].row, 0);
  EXPECT_EQ(ranked[0][1].row, 3);
  EXPECT_EQ(ranked[0][2].row, 2);
  EXPECT_FLOAT_EQ(ranked[0][1].score, 0.8F);
  EXPECT_DOUBLE_EQ(ranked[0][0].percentile, 100);
  EXPECT_DOUBLE_EQ(ranked[0][1].percentile, 75);
  EXPECT_EQ(ranked[1][0].row, 1);
}

TEST(RankRows, EqualsDoNotScoreLower) {
  const Matrix rows = matrix_of({{1}, {1}, {1}});
  const auto ranked = rank_rows(rows, matrix_of({{1}}), 9);
  ASSERT_EQ(ranked[0].size(), 3u);
  EXPECT_EQ(ranked[0][0].row, 0);
  EXPECT_DOUBLE_EQ(ranked[0][0].percentile, 0);
  EXPECT_DOUBLE_EQ(rank_rows(matrix_of({{1}}), matrix_of({{1}}), 1)[0][0].percentile, 100);
}

TEST(RankRows, VectorsOfAnotherLengthAreRefused) {
  EXPECT_THROW((void)rank_rows(matrix_of({{1, 0}}), matrix_of({{1}}), 1), Error);
}

}  // namespace
}  // namespace skyglot
