// SPDX-License-Identifier: Apache-2.0
#include "base/linear_algebra.hpp"

#include "base/error.hpp"
#include "base/product.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace skyglot {
namespace {

// Columns of a result that one task packs the factor for, and rows of it that the task then takes.
constexpr std::int64_t kColumnsAtOnce = 256;
constexpr std::int64_t kRowsAtOnce = 1024;
// Of a transposed product: rows that are summed at once.
constexpr std::int64_t kDepthAtOnce = 1024;

template <typename Work>
void for_runs(std::int64_t count, std::int64_t at_once, const Work& work) {
  tbb::parallel_for(std::int64_t{0}, (count + at_once - 1) / at_once, [&](std::int64_t i) {
    work(i * at_once, std::min(at_once, count - i * at_once));
  });
}

// The rows at `a`, a_stride apart, times b, into `out` (or added to it).
void multiply_here(const float* a, std::int64_t a_stride, const MatrixView& b, Matrix& out,
                   bool add) {
  for_runs(b.columns, kColumnsAtOnce, [&](std::int64_t column, std::int64_t columns) {
    const PackedMatrix packed(
        {b.values + column * b.column_step, b.rows, columns, b.row_step, b.column_step},
        *float_kernels().front());
    for_runs(out.rows, kRowsAtOnce, [&](std::int64_t row, std::int64_t rows) {
      Product product;
      product.a = a + row * a_stride;
      product.a_stride = a_stride;
      product.rows = rows;
      product.b = &packed;
      product.out = out.values.data() + row * out.cols + column;
      product.out_stride = out.cols;
      product.add = add;
      multiply(product, {0, rows, 0, packed.panels()});
    });
  });
}

// `count` rows of the matrix from `first` on, as the columns of the result.
Matrix transposed(const Matrix& matrix, std::int64_t first, std::int64_t count) {
  Matrix result(matrix.cols, count);
  for_runs(matrix.cols, 64, [&](std::int64_t column, std::int64_t columns) {
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t j = column; j < column + columns; ++j)
        result.values[static_cast<std::size_t>(j * count + i)] =
            matrix.values[static_cast<std::size_t>((first + i) * matrix.cols + j)];
  });
  return result;
}

}  // namespace

Matrix inner_products(const Matrix& a, std::int64_t first, std::int64_t count, const Matrix& b) {
  expect(a.cols == b.cols, "inner products of rows of different length");
  expect(first >= 0 && count >= 0 && first + count <= a.rows, "rows outside the matrix");
  Matrix result(count, b.rows);
  multiply_here(a.values.data() + first * a.cols, a.cols,
                {b.values.data(), b.cols, b.rows, 1, b.cols}, result, false);
  return result;
}

Matrix product(const Matrix& a, const Matrix& b) {
  expect(a.cols == b.rows, "product of matrices that do not meet");
  Matrix result(a.rows, b.cols);
  multiply_here(a.values.data(), a.cols, {b.values.data(), b.rows, b.cols, b.cols, 1}, result,
                false);
  return result;
}

Matrix transposed_product(const Matrix& a, const Matrix& b) {
  expect(a.rows == b.rows, "transposed product of matrices with different row counts");
  return transposed_product(a, b, 0);
}

Matrix transposed_product(const Matrix& a, const Matrix& b, std::int64_t first) {
  expect(first >= 0 && first + a.rows <= b.rows, "rows outside the matrix");
  Matrix result(a.cols, b.cols);
  for (std::int64_t at = 0; at < a.rows; at += kDepthAtOnce) {
    const std::int64_t depth = std::min(kDepthAtOnce, a.rows - at);
    const Matrix left = transposed(a, at, depth);
    multiply_here(left.values.data(), depth,
                  {b.values.data() + (first + at) * b.cols, depth, b.cols, b.cols, 1}, result,
                  at > 0);
  }
  return result;
}

double inner_product(std::span<const float> a, std::span<const float> b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                               [](float x, float y) { return double{x} * double{y}; });
}

void to_unit_length(std::span<float> vector) {
  double sum = 0.0;
  for (const float value : vector) sum += static_cast<double>(value) * value;
  if (sum == 0.0) return;
  const double scale = 1.0 / std::sqrt(sum);
  for (float& value : vector) value = static_cast<float>(value * scale);
}

void normalise_rows(Matrix& matrix) {
  for (std::int64_t i = 0; i < matrix.rows; ++i) to_unit_length(matrix.row(i));
}

}  // namespace skyglot
