// SPDX-License-Identifier: Apache-2.0
#include "scores/nearest.hpp"

#include "base/random.hpp"

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
  EXPECT_THAT(indices(nearest(scores, 3, 1)), testing::ElementsAre(3, 2, 4));
  EXPECT_THAT(indices(nearest(scores, 1, 1)), testing::ElementsAre(3));
}

TEST(Nearest, FewerThanAskedFor) {
  const std::vector<float> scores{1, 2};
  EXPECT_THAT(indices(nearest(scores, 9)), testing::ElementsAre(1, 0));
  EXPECT_THAT(indices(nearest(scores, 9, 1)), testing::ElementsAre(0));
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

}  // namespace
}  // namespace skyglot
