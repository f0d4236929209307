// SPDX-License-Identifier: Apache-2.0
#include "scores/nearest.hpp"

#include "base/random.hpp"
#include "scores/matrix_testing.hpp"
#include "scores/row_blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

std::vector<std::int64_t> indices(const std::vector<Neighbour>& neighbours) {
  std::vector<std::int64_t> result;
  for (const Neighbour& near : neighbours) result.push_back(near.index);
  return result;
}

TEST(Nearest, BestFirstTiesByIndex) {
  const std::vector<float> scores{1, 5, 3, 5, 3, 0};
  EXPECT_THAT(indices(nearest(scores, 4)), testing::ElementsAre(1, 3, 2, 4));
}

TEST(Nearest, FewerThanAskedFor) {
  const std::vector<float> scores{1, 2};
  EXPECT_THAT(indices(nearest(scores, 9)), testing::ElementsAre(1, 0));
  EXPECT_TRUE(nearest(scores, 0).empty());
  EXPECT_TRUE(nearest({}, 3).empty());
}

TEST(Nearest, AgreesWithSorting) {
  RandomStream random(3, "nearest");
  for (int round = 0; round < 200; ++round) {
    std::vector<float> scores(1 + random.index(60));
    for (float& score : scores) score = static_cast<float>(random.integer(0, 9));
    std::vector<std::int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
      return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    order.resize(std::min<std::size_t>(order.size(), 7));
    EXPECT_EQ(indices(nearest(scores, 7)), order);
  }
}

// Exact inner products with many ties, for every size of blocks and tiles.
TEST(NearestRows, AreThoseOfTheWholeRowOfScores) {
  const Matrix queries = small_integers(23, 4, 1);
  const Matrix items = small_integers(31, 4, 2);
  for (const auto& [block, tile] : {std::pair{1, 1}, {4, 7}, {23, 31}, {0, 0}}) {
    std::int64_t expected = 0;
    for_each_nearest(queries, items, {.k = 5, .block_rows = block, .tile_rows = tile},
                     [&](std::int64_t i, const std::vector<Neighbour>& found) {
                       ASSERT_EQ(i, expected++);
                       const Matrix row = RowSource(queries).block(i, 1);
                       const Matrix scores = all_scores(items, row);
                       EXPECT_EQ(indices(found), indices(nearest(scores.values, 5)));
                     });
    EXPECT_EQ(expected, 23);
  }
}

TEST(NearestRows, NoRowIsItsOwnNeighbour) {
  const Matrix rows = small_integers(17, 3, 4);
  for_each_nearest(rows, rows, {.k = 20, .without_self = true, .block_rows = 4, .tile_rows = 5},
                   [](std::int64_t i, const std::vector<Neighbour>& found) {
                     EXPECT_EQ(found.size(), 16u);
                     for (const Neighbour& near : found) EXPECT_NE(near.index, i);
                   });
}

}  // namespace
}  // namespace skyglot
