// SPDX-License-Identifier: Apache-2.0
#include "search/places.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

TEST(SharedGround, IsAShareOfTheSmallerBox) {
  const Box large{0, 0, 4, 4};
  EXPECT_DOUBLE_EQ(shared_ground(large, {1, 1, 2, 2}), 1);
  EXPECT_DOUBLE_EQ(shared_ground(large, {3, 0, 5, 2}), 0.5);
  EXPECT_DOUBLE_EQ(shared_ground(large, {4, 0, 6, 2}), 0);
  EXPECT_DOUBLE_EQ(shared_ground(large, {2, 2, 2, 3}), 0);
}

TEST(SharedGround, KnowsOfTheAntimeridian) {
  EXPECT_DOUBLE_EQ(shared_ground({179, 0, 181, 1}, {-181, 0, -179, 1}), 1);
  EXPECT_DOUBLE_EQ(shared_ground({179, 0, 181, 1}, {-180, 0, -179, 1}), 1);
}

TEST(CombinedQuery, AddsAndTakesAwayHalf) {
  const auto sum = combined_query(matrix_of({{1, 0}, {0, 1}}), {});
  EXPECT_NEAR(sum[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(sum[1], std::sqrt(0.5), 1e-6);
  const auto less = combined_query(matrix_of({{1, 0}}), matrix_of({{0, 1}}));
  EXPECT_NEAR(less[1] / less[0], -0.5, 1e-6);
}

TEST(CombinedQuery, NothingIsNoQuery) {
  EXPECT_THROW((void)combined_query({}, matrix_of({{1, 0}})), Error);
  EXPECT_THROW((void)combined_query(matrix_of({{1, 0}, {-1, 0}}), {}), Error);
}

}  // namespace
}  // namespace skyglot
