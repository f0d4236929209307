// SPDX-License-Identifier: Apache-2.0
#include "scores/k_means.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <set>

namespace skyglot {
namespace {

// Unit rows around three directions, `each` of them, one direction after the other.
Matrix three_bunches(std::int64_t each) {
  Matrix rows = random_rows(3 * each, 8, 5);
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    for (float& value : rows.row(i)) value *= 0.1F;
    rows.row(i)[static_cast<std::size_t>(i / each)] += 1;
  }
  normalise_rows(rows);
  return rows;
}

TEST(KMeans, FindsBunches) {
  const Matrix rows = three_bunches(50);
  KMeansOptions options;
  options.clusters = 3;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    options.seed = seed;
    const KMeans found = k_means(rows, options);
    EXPECT_GT(found.cosine, 0.9);
    const auto nearest = nearest_centres(rows, found.centres);
    std::set<std::int32_t> all;
    for (std::int64_t bunch = 0; bunch < 3; ++bunch) {
      const std::int32_t first = nearest[static_cast<std::size_t>(50 * bunch)];
      all.insert(first);
      for (std::int64_t i = 0; i < 50; ++i)
        EXPECT_EQ(nearest[static_cast<std::size_t>(50 * bunch + i)], first);
    }
    EXPECT_EQ(all.size(), 3U);
  }
}

TEST(KMeans, CentresAreUnitMeansOfTheirRows) {
  const Matrix rows = three_bunches(40);
  KMeansOptions options;
  options.clusters = 3;
  const KMeans found = k_means(rows, options);
  const auto nearest = nearest_centres(rows, found.centres);
  Matrix sums(3, rows.cols);
  for (std::int64_t i = 0; i < rows.rows; ++i)
    for (std::size_t d = 0; d < 8; ++d)
      sums.row(nearest[static_cast<std::size_t>(i)])[d] += rows.row(i)[d];
  normalise_rows(sums);
  for (std::size_t i = 0; i < sums.values.size(); ++i)
    EXPECT_NEAR(sums.values[i], found.centres.values[i], 1e-6);
}

TEST(KMeans, FewerDifferentRowsThanClustersIsNoTrouble) {
  Matrix rows(6, 2);
  for (std::int64_t i = 0; i < 6; ++i) rows.row(i)[static_cast<std::size_t>(i % 2)] = 1;
  KMeansOptions options;
  options.clusters = 4;
  const KMeans found = k_means(rows, options);
  EXPECT_NEAR(found.cosine, 1, 1e-6);
  for (const float value : found.centres.values) EXPECT_TRUE(std::isfinite(value));
}

TEST(KMeans, TheSameSeedGivesTheSame) {
  const Matrix rows = three_bunches(30);
  KMeansOptions options;
  options.clusters = 5;
  options.seed = 7;
  EXPECT_EQ(k_means(rows, options).centres.values, k_means(rows, options).centres.values);
  options.fitted = 20;
  const KMeans some = k_means(rows, options);
  EXPECT_EQ(some.centres.rows, 5);
}

TEST(KMeans, SaysWhatIsWrong) {
  KMeansOptions options;
  options.clusters = 0;
  EXPECT_THROW((void)k_means(three_bunches(2), options), Error);
  options.clusters = 7;
  EXPECT_THROW((void)k_means(three_bunches(2), options), Error);
}

}  // namespace
}  // namespace skyglot
