// SPDX-License-Identifier: Apache-2.0
#include "scores/row_blocks.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace skyglot {
namespace {

TEST(RowBlocks, MemoryIsBounded) {
  EXPECT_EQ(rows_per_block(100, 7), 7);
  EXPECT_EQ(rows_per_block(1 << 20, 0), 16);  // 16 rows of 4 MiB
  EXPECT_EQ(rows_per_block(std::int64_t{1} << 40, 0), 1);
  EXPECT_EQ(rows_per_block(1, 0), 8192);
  EXPECT_EQ(rows_per_block(0, 0), 8192);
}

TEST(RowBlocks, EveryRowOnceInOrderWhateverTheBlock) {
  const Matrix a = small_integers(7, 3, 1);
  const Matrix b = small_integers(5, 3, 2);
  for (const std::int64_t rows : {1, 3, 7, 100}) {
    std::int64_t expected = 0;
    for_each_score_row(a, b, rows, [&](std::int64_t i, std::span<const float> scores) {
      ASSERT_EQ(i, expected++);
      ASSERT_EQ(scores.size(), 5u);
      for (std::int64_t j = 0; j < 5; ++j) {
        const auto x = a.row(i);
        const auto y = b.row(j);
        ASSERT_EQ(scores[static_cast<std::size_t>(j)], x[0] * y[0] + x[1] * y[1] + x[2] * y[2]);
      }
    });
    EXPECT_EQ(expected, 7);
  }
}

TEST(RowBlocks, DamagedRowIsNamed) {
  Matrix matrix = small_integers(4, 3, 1);
  EXPECT_NO_THROW(require_finite(matrix, "pictures"));
  matrix.row(2)[1] = std::numeric_limits<float>::infinity();
  EXPECT_THAT([&] { require_finite(matrix, "pictures"); },
              testing::Throws<Error>(
                  testing::Property(&Error::what, testing::HasSubstr("pictures: row 2"))));
}

TEST(RowBlocks, UnitRowsHaveLengthOne) {
  Matrix matrix = small_integers(40, 3, 1);
  for (std::int64_t i = 0; i < 40; ++i) matrix.row(i)[0] = 3;
  const Matrix unit = unit_rows(matrix, "x").block(5, 20);
  for (std::int64_t i = 0; i < 20; ++i) {
    std::vector<float> row(matrix.row(5 + i).begin(), matrix.row(5 + i).end());
    to_unit_length(row);
    EXPECT_TRUE(std::ranges::equal(unit.row(i), row));
  }
  std::ranges::fill(matrix.row(7), 0.0F);
  EXPECT_THAT([&] { (void)unit_rows(matrix, "x.npy"); },
              testing::Throws<Error>(testing::Property(
                  &Error::what, testing::HasSubstr("x.npy: row 7 holds nothing but zeros"))));
}

}  // namespace
}  // namespace skyglot
