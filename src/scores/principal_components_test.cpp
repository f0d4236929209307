// SPDX-License-Identifier: Apache-2.0
#include "scores/principal_components.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

// Rows that differ by 3, 2 and 0.1 standard deviations along three known directions.
Matrix stretched(std::int64_t rows) {
  Matrix result = random_rows(rows, 3, 4);
  constexpr double kTurn = 0.6;
  for (std::int64_t i = 0; i < rows; ++i) {
    const double a = 3 * double{result.row(i)[0]};
    const double b = 2 * double{result.row(i)[1]};
    const double c = 0.1 * double{result.row(i)[2]};
    result.row(i)[0] = static_cast<float>(5 + a * std::cos(kTurn) - b * std::sin(kTurn));
    result.row(i)[1] = static_cast<float>(-7 + a * std::sin(kTurn) + b * std::cos(kTurn));
    result.row(i)[2] = static_cast<float>(c);
  }
  return result;
}

double dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(PrincipalComponents, FindsTheDirectionsTheirVariancesAndTheMean) {
  const Matrix rows = stretched(4000);
  const PrincipalComponents found = principal_components(rows, 3);
  EXPECT_NEAR(found.mean[0], 5, 0.2);
  EXPECT_NEAR(found.mean[1], -7, 0.2);
  EXPECT_NEAR(found.variances[0], 9, 0.5);
  EXPECT_NEAR(found.variances[1], 4, 0.3);
  EXPECT_NEAR(found.variances[2], 0.01, 0.001);
  EXPECT_NEAR(found.axes.row(0)[0], std::cos(0.6), 0.02);
  EXPECT_NEAR(found.axes.row(0)[1], std::sin(0.6), 0.02);
  EXPECT_NEAR(found.axes.row(2)[2], 1, 1e-3);
}

TEST(PrincipalComponents, AxesAreOrthonormalWithAPositiveLargestValue) {
  const PrincipalComponents found = principal_components(random_rows(200, 12, 1), 12);
  for (std::int64_t i = 0; i < 12; ++i) {
    for (std::int64_t j = 0; j < 12; ++j)
      EXPECT_NEAR(dot(found.axes.row(i), found.axes.row(j)), i == j ? 1 : 0, 1e-5);
    const auto largest = std::ranges::max_element(found.axes.row(i), {},
                                                  [](float value) { return std::abs(value); });
    EXPECT_GT(*largest, 0);
  }
  EXPECT_TRUE(std::ranges::is_sorted(found.variances, std::greater<>()));
}

TEST(PrincipalComponents, CoordinatesAreCentredAndHaveTheVariances) {
  const Matrix rows = random_rows(700, 8, 2);
  const PrincipalComponents found = principal_components(rows, 8).first(3);
  const Matrix projected = found.project(rows);
  ASSERT_EQ(projected.cols, 3);
  for (std::size_t k = 0; k < 3; ++k) {
    double sum = 0;
    double squares = 0;
    for (std::int64_t i = 0; i < projected.rows; ++i) {
      sum += projected.row(i)[k];
      squares += double{projected.row(i)[k]} * projected.row(i)[k];
    }
    EXPECT_NEAR(sum, 0, 1e-2);
    EXPECT_NEAR(squares / 699, found.variances[k], 1e-4);
  }
}

TEST(PrincipalComponents, MoreThanThereCanBeAreRefused) {
  EXPECT_THROW((void)principal_components(random_rows(5, 8, 1), 6), Error);
  EXPECT_THROW((void)principal_components(random_rows(5, 3, 1), 4), Error);
  EXPECT_THROW((void)principal_components(random_rows(1, 3, 1), 1), Error);
  Matrix damaged = random_rows(5, 3, 1);
  damaged.values[4] = std::nanf("");
  EXPECT_THROW((void)principal_components(damaged, 1), Error);
}

}  // namespace
}  // namespace skyglot
