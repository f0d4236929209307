// SPDX-License-Identifier: Apache-2.0
#include "scores/assignment.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

double gained(const std::vector<double>& gain, std::int64_t columns,
              const std::vector<std::int64_t>& column_of) {
  double sum = 0;
  for (std::size_t row = 0; row < column_of.size(); ++row)
    if (column_of[row] >= 0)
      sum +=
          gain[row * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column_of[row])];
  return sum;
}

// The best by trying all.
double best_by_trial(const std::vector<double>& gain, std::int64_t rows, std::int64_t columns) {
  const std::int64_t most = std::max(rows, columns);
  std::vector<std::int64_t> order(static_cast<std::size_t>(most));
  std::iota(order.begin(), order.end(), 0);
  double best = -1e300;
  do {
    std::vector<std::int64_t> column_of(order.begin(), order.begin() + rows);
    for (auto& column : column_of)
      if (column >= columns) column = -1;
    best = std::max(best, gained(gain, columns, column_of));
  } while (std::ranges::next_permutation(order).found);
  return best;
}

TEST(Assignment, IsTheBestOfAll) {
  RandomStream random(1, "assignment");
  for (const auto& [rows, columns] :
       {std::pair<std::int64_t, std::int64_t>{1, 1}, {3, 3}, {5, 5}, {2, 6}, {6, 2}, {4, 5}}) {
    for (int trial = 0; trial < 20; ++trial) {
      std::vector<double> gain;
      for (std::int64_t i = 0; i < rows * columns; ++i)
        gain.push_back(static_cast<double>(random.integer(0, 9)));
      const auto column_of = best_assignment(gain, rows, columns);
      EXPECT_DOUBLE_EQ(gained(gain, columns, column_of), best_by_trial(gain, rows, columns))
          << rows << " x " << columns;
    }
  }
}

TEST(Assignment, GivesNoColumnTwiceAndAllThatThereAre) {
  const auto column_of = best_assignment(std::vector<double>(15, 1.0), 5, 3);
  std::vector<std::int64_t> sorted = column_of;
  std::ranges::sort(sorted);
  EXPECT_EQ(sorted, (std::vector<std::int64_t>{-1, -1, 0, 1, 2}));
}

TEST(Assignment, TakesNegativeGains) {
  EXPECT_EQ(best_assignment(std::vector<double>{-5, -1, -1, -9}, 2, 2),
            (std::vector<std::int64_t>{1, 0}));
}

TEST(Assignment, OfNothingIsNothing) {
  EXPECT_TRUE(best_assignment({}, 0, 0).empty());
  EXPECT_EQ(best_assignment({}, 2, 0), (std::vector<std::int64_t>{-1, -1}));
}

}  // namespace
}  // namespace skyglot
