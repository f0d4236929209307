// SPDX-License-Identifier: Apache-2.0
#include "nn/linear_algebra.hpp"

#include "base/error.hpp"
#include "nn/passes.hpp"

#include <torch/torch.h>

#include <cmath>

namespace skyglot {
namespace {

constexpr std::int64_t kAtOnce = 128;

// A view on the rows; libtorch has no read-only tensors, and none is written here.
torch::Tensor view_of(const Matrix& matrix, std::int64_t first, std::int64_t count) {
  return torch::from_blob(const_cast<float*>(matrix.values.data()) + first * matrix.cols,
                          {count, matrix.cols}, torch::kFloat32);
}

Matrix product(const torch::Tensor& a, const torch::Tensor& b) {
  Matrix result(a.size(0), b.size(1));
  torch::Tensor out =
      torch::from_blob(result.values.data(), {result.rows, result.cols}, torch::kFloat32);
  const bool tall = result.rows >= result.cols;
  run_passes(tall ? result.rows : result.cols, kAtOnce, true,
             [&](std::int64_t first, std::int64_t count) {
               torch::Tensor part = out.narrow(tall ? 0 : 1, first, count);
               if (tall)
                 torch::mm_out(part, a.narrow(0, first, count), b);
               else
                 torch::mm_out(part, a, b.narrow(1, first, count));
             });
  return result;
}

}  // namespace

Matrix inner_products(const Matrix& a, std::int64_t first, std::int64_t count, const Matrix& b) {
  expect(a.cols == b.cols, "inner products of rows of different length");
  expect(first >= 0 && count >= 0 && first + count <= a.rows, "rows outside the matrix");
  return product(view_of(a, first, count), view_of(b, 0, b.rows).t());
}

Matrix transposed_product(const Matrix& a, const Matrix& b) {
  expect(a.rows == b.rows, "transposed product of matrices with different row counts");
  return product(view_of(a, 0, a.rows).t(), view_of(b, 0, b.rows));
}

Matrix transposed_product(const Matrix& a, const Matrix& b, std::int64_t first) {
  expect(first >= 0 && first + a.rows <= b.rows, "rows outside the matrix");
  return product(view_of(a, 0, a.rows).t(), view_of(b, first, a.rows));
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
