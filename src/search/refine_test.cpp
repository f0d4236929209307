// SPDX-License-Identifier: Apache-2.0
#include "search/refine.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/random.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

// Two kinds of rows that differ along the first axis, by less than the noise on the others.
Matrix two_kinds(int each) {
  RandomStream random(1, "kinds");
  Matrix rows(2 * each, 12);
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    for (float& value : rows.row(i)) value = static_cast<float>(random.uniform(-1, 1));
    rows.row(i)[0] = i < each ? 0.7F : -0.7F;
  }
  normalise_rows(rows);
  return rows;
}

int found_among_first(const Matrix& rows, const std::vector<float>& query, int each) {
  std::vector<std::pair<float, std::int64_t>> ranked;
  for (std::int64_t i = 0; i < rows.rows; ++i)
    ranked.emplace_back(-static_cast<float>(inner_product(rows.row(i), query)), i);
  std::ranges::sort(ranked);
  return static_cast<int>(std::count_if(ranked.begin(), ranked.begin() + each,
                                        [&](const auto& one) { return one.second < each; }));
}

TEST(RefinedQuery, MovesTowardsWhatIsLikedAndAwayFromWhatIsNot) {
  const Matrix rows = matrix_of({{0, 1, 0}, {0, 0, 1}});
  const auto query = refined_query(rows, std::vector<float>{1, 0, 0}, {{0}, {1}});
  EXPECT_GT(query[0], 0);
  EXPECT_GT(query[1], 0);
  EXPECT_LT(query[2], 0);
  EXPECT_NEAR(inner_product(query, query), 1, 1e-6);
  EXPECT_EQ(refined_query(rows, {}, {{0}, {}}), (std::vector<float>{0, 1, 0}));
}

TEST(RefinedQuery, MoreExamplesFindMore) {
  constexpr int kEach = 100;
  const Matrix rows = two_kinds(kEach);
  const auto examples = [](std::int64_t count) {
    Examples some;
    for (std::int64_t i = 0; i < count; ++i) {
      some.like.push_back(i);
      some.unlike.push_back(kEach + i);
    }
    return some;
  };
  const int few = found_among_first(rows, refined_query(rows, {}, examples(2)), kEach);
  const int many = found_among_first(rows, refined_query(rows, {}, examples(20)), kEach);
  EXPECT_GT(few, 55);
  EXPECT_GT(many, few);
  EXPECT_GT(many, 80);
}

TEST(RefinedQuery, ContradictionsAreRefused) {
  const Matrix rows = two_kinds(3);
  EXPECT_THROW((void)refined_query(rows, {}, {{}, {1}}), Error);
  EXPECT_THROW((void)refined_query(rows, {}, {{1}, {1}}), Error);
}

}  // namespace
}  // namespace skyglot
