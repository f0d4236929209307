// SPDX-License-Identifier: Apache-2.0
#include "nn/linear_algebra.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace skyglot
