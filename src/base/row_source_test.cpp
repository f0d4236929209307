// SPDX-License-Identifier: Apache-2.0
#include "base/row_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;

// Row i is {10 i, 10 i + 1}.
Matrix tens(std::int64_t rows) {
  Matrix matrix(rows, 2);
  for (std::int64_t i = 0; i < rows; ++i) {
    matrix.row(i)[0] = static_cast<float>(10 * i);
    matrix.row(i)[1] = static_cast<float>(10 * i + 1);
  }
  return matrix;
}

TEST(RowSource, GivesBlocksOfAMatrix) {
  const Matrix matrix = tens(5);
  const RowSource source(matrix);
  EXPECT_EQ(source.rows(), 5);
  EXPECT_EQ(source.cols(), 2);
  EXPECT_THAT(source.block(3, 2).values, ElementsAre(30, 31, 40, 41));
  EXPECT_EQ(source.block(5, 0).rows, 0);
  EXPECT_ANY_THROW((void)source.block(4, 2));
}

TEST(RowSource, ChoicesKeepTheirOrderAndMayRepeat) {
  const RowSource source(std::make_shared<const Matrix>(tens(5)));
  std::vector<std::pair<std::int64_t, std::size_t>> reads;
  const RowSource watched(5, 2, [&](std::int64_t first, std::span<float> values) {
    reads.emplace_back(first, values.size());
    const Matrix block = source.block(first, std::ssize(values) / 2);
    std::ranges::copy(block.values, values.begin());
  });
  const RowSource chosen = watched.chosen({4, 0, 1, 2, 0});
  EXPECT_THAT(chosen.all().values, ElementsAre(40, 41, 0, 1, 10, 11, 20, 21, 0, 1));
  EXPECT_EQ(reads.size(), 3u);  // 0 to 2 are read at once
  EXPECT_THAT(chosen.chosen({3, 0}).block(0, 2).values, ElementsAre(20, 21, 40, 41));
}

TEST(RowSource, RowsAreDividedEachByItsOwn) {
  const Matrix matrix = tens(3);
  const RowSource half = RowSource(matrix).divided({1, 2, 4});
  EXPECT_THAT(half.block(1, 2).values, ElementsAre(5, 5.5, 5, 5.25));
}

TEST(RowSource, SmallOnesAreKeptInMemory) {
  int reads = 0;
  const RowSource counted(2, 1, [&](std::int64_t, std::span<float> values) {
    ++reads;
    std::ranges::fill(values, 1.0F);
  });
  const RowSource kept = counted.kept(8);
  EXPECT_EQ(reads, 1);
  EXPECT_THAT(kept.all().values, ElementsAre(1, 1));
  EXPECT_EQ(reads, 1);
  (void)counted.kept(7).all();
  EXPECT_EQ(reads, 2);
}

TEST(RowSource, BlocksCoverAllRows) {
  const Matrix matrix = tens(5);
  std::vector<std::int64_t> sizes;
  for_each_block(matrix, 2, [&](std::int64_t first, const Matrix& block) {
    EXPECT_EQ(block.row(0)[0], static_cast<float>(10 * first));
    sizes.push_back(block.rows);
  });
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

}  // namespace
}  // namespace skyglot
