// SPDX-License-Identifier: Apache-2.0
#include "scores/folds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace skyglot {
namespace {

using ::testing::ElementsAre;

struct Rows {
  std::vector<std::int32_t> labels;
  std::vector<std::string> ids;
};

Rows rows_of(int count) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    rows.labels.push_back(i % 3);
    rows.ids.push_back("p" + std::to_string(i));
  }
  return rows;
}

TEST(Folds, EveryClassIsSpreadEvenly) {
  const Rows rows = rows_of(90);
  const auto folds = stratified_folds(rows.labels, rows.ids, 5, 1);
  std::map<std::pair<int, int>, int> counts;
  for (std::size_t i = 0; i < folds.size(); ++i) ++counts[{rows.labels[i], folds[i]}];
  EXPECT_EQ(counts.size(), 15u);
  for (const auto& [key, count] : counts) EXPECT_EQ(count, 6);
  EXPECT_NE(folds, stratified_folds(rows.labels, rows.ids, 5, 2));
}

TEST(Folds, ARowGoesByItsIdNotItsPlace) {
  Rows rows = rows_of(30);
  const auto folds = stratified_folds(rows.labels, rows.ids, 5, 1);
  std::ranges::reverse(rows.labels);
  std::ranges::reverse(rows.ids);
  auto reversed = stratified_folds(rows.labels, rows.ids, 5, 1);
  std::ranges::reverse(reversed);
  EXPECT_EQ(folds, reversed);
}

TEST(Folds, PartsHoldTheirRows) {
  const std::vector<std::int32_t> labels{0, 1, 0};
  const std::vector<std::string> ids{"a", "b", "c"};
  const std::vector<int> folds{0, 1, 0};
  const FoldRows inside = rows_of_fold(labels, ids, folds, 0, true);
  EXPECT_THAT(inside.rows, ElementsAre(0, 2));
  const FoldRows outside = rows_of_fold(labels, ids, folds, 0, false);
  EXPECT_THAT(outside.rows, ElementsAre(1));
  EXPECT_THAT(outside.ids, ElementsAre("b"));
  EXPECT_THAT(outside.labels, ElementsAre(1));
}

}  // namespace
}  // namespace skyglot
