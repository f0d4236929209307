// SPDX-License-Identifier: Apache-2.0
#include "scores/linkage.hpp"

#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using Groups = std::vector<std::int32_t>;

TEST(AverageLinkage, JoinsWhatIsNearest) {
  const Matrix points = matrix_of({{0, 0}, {10, 0}, {0.5F, 0}, {10, 1}, {5, 20}});
  EXPECT_EQ(average_linkage(points, 3), (Groups{0, 1, 0, 1, 2}));
  EXPECT_EQ(average_linkage(points, 2), (Groups{0, 0, 0, 0, 1}));
  EXPECT_EQ(average_linkage(points, 1), (Groups{0, 0, 0, 0, 0}));
}

// 4 is nearer to a point of 2-3 than 0-1 is on average, but its own mean is what counts: scipy 1.17
// joins 0-1 (1.0), 2-3 (1.1), both (4.05), and 4 last (6.675).
TEST(AverageLinkage, GoesByTheMeanNotTheNearest) {
  const Matrix points = matrix_of({{0}, {1}, {4}, {5.1F}, {9.2F}});
  EXPECT_EQ(average_linkage(points, 3), (Groups{0, 0, 1, 1, 2}));
  EXPECT_EQ(average_linkage(points, 2), (Groups{0, 0, 0, 0, 1}));
}

TEST(AverageLinkage, LeavesRowsAloneWhereAsManyGroupsAreWanted) {
  EXPECT_EQ(average_linkage(matrix_of({{3}, {1}, {2}}), 3), (Groups{0, 1, 2}));
  EXPECT_EQ(average_linkage(matrix_of({{3}, {1}, {2}}), 9), (Groups{0, 1, 2}));
}

}  // namespace
}  // namespace skyglot
