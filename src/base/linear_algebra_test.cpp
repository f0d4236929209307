// SPDX-License-Identifier: Apache-2.0
#include "base/linear_algebra.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace skyglot {
namespace {

using testing::ElementsAre;

Matrix matrix(std::int64_t rows, std::int64_t cols, std::vector<float> values) {
  Matrix result(rows, cols);
  result.values = std::move(values);
  return result;
}

TEST(InnerProducts, OfSomeRowsWithAllOfTheOther) {
  const Matrix a = matrix(3, 2, {1, 2, 3, 4, 5, 6});
  const Matrix b = matrix(2, 2, {1, 0, 10, 1});
  const Matrix products = inner_products(a, 1, 2, b);
  EXPECT_EQ(products.rows, 2);
  EXPECT_THAT(products.values, ElementsAre(3, 34, 5, 56));
}

TEST(InnerProducts, OfNoRows) {
  EXPECT_EQ(inner_products(matrix(1, 2, {1, 2}), 0, 0, matrix(1, 2, {1, 2})).rows, 0);
}

TEST(TransposedProduct, SumsOverRows) {
  const Matrix a = matrix(2, 2, {1, 2, 3, 4});
  const Matrix b = matrix(2, 1, {10, 1});
  EXPECT_THAT(transposed_product(a, b).values, ElementsAre(13, 24));
}

TEST(NormaliseRows, GivesUnitLengthAndLeavesZeros) {
  Matrix m = matrix(2, 2, {3, 4, 0, 0});
  normalise_rows(m);
  EXPECT_THAT(m.values, ElementsAre(0.6F, 0.8F, 0, 0));
}

Matrix random_matrix(std::int64_t rows, std::int64_t cols) {
  RandomStream random(static_cast<std::uint64_t>(rows), "linear algebra");
  Matrix result(rows, cols);
  for (float& value : result.values) value = static_cast<float>(random.normal());
  return result;
}

TEST(Products, OfManyRowsDoNotDependOnThreads) {
  const Matrix a = random_matrix(1500, 65);
  const Matrix b = random_matrix(600, 65);
  std::vector<float> inner, transposed;
  for (const int threads : {1, 3}) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 3);
    tbb::task_arena(threads).execute([&] {
      const Matrix products = inner_products(a, 100, 1400, b);
      const Matrix sums = transposed_product(a, random_matrix(1500, 33));
      if (threads == 1) {
        inner = products.values;
        transposed = sums.values;
      }
      EXPECT_EQ(products.values, inner);
      EXPECT_EQ(sums.values, transposed);
    });
  }
  double expected = 0;
  for (std::size_t i = 0; i < 65; ++i) expected += double{a.row(1499)[i]} * double{b.row(599)[i]};
  EXPECT_NEAR(inner.back(), expected, 1e-4);
}

TEST(TransposedProduct, OfMoreRowsThanAreSummedAtOnce) {
  const Matrix a = random_matrix(2100, 3);
  const Matrix b = random_matrix(2200, 40);
  const Matrix sums = transposed_product(a, b, 100);
  ASSERT_EQ(sums.rows, 3);
  for (std::int64_t column : {0, 39}) {
    double expected = 0;
    for (std::int64_t i = 0; i < a.rows; ++i)
      expected += double{a.row(i)[2]} * double{b.row(i + 100)[static_cast<std::size_t>(column)]};
    EXPECT_NEAR(sums.row(2)[static_cast<std::size_t>(column)], expected, 1e-3) << column;
  }
}

}  // namespace
}  // namespace skyglot
