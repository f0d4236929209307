// SPDX-License-Identifier: Apache-2.0
#include "scores/principal_components.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "scores/row_blocks.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::int64_t kRowsAtOnce = 512;

std::vector<float> mean_of(const RowSource& rows) {
  std::vector<double> sum(static_cast<std::size_t>(rows.cols()), 0);
  for_each_block(rows, kRowsAtOnce, [&](std::int64_t, const Matrix& block) {
    for (std::int64_t i = 0; i < block.rows; ++i)
      for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += block.row(i)[d];
  });
  std::vector<float> mean;
  for (const double value : sum)
    mean.push_back(static_cast<float>(value / static_cast<double>(rows.rows())));
  return mean;
}

void centre(Matrix& block, const std::vector<float>& mean) {
  for (std::int64_t i = 0; i < block.rows; ++i)
    std::ranges::transform(block.row(i), mean, block.row(i).begin(), std::minus<>());
}

Eigen::MatrixXd covariance(const RowSource& rows, const std::vector<float>& mean) {
  const auto width = static_cast<Eigen::Index>(rows.cols());
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(width, width);
  for_each_block(rows, kRowsAtOnce, [&](std::int64_t, Matrix block) {
    centre(block, mean);
    const Matrix product = transposed_product(block, block);
    for (Eigen::Index i = 0; i < width; ++i)
      for (Eigen::Index j = 0; j < width; ++j)
        sum(i, j) += product.values[static_cast<std::size_t>(i * width + j)];
  });
  return sum / static_cast<double>(rows.rows() - 1);
}

// A direction and its opposite are the same component: one of them is told by its largest value.
void take_axis(const Eigen::VectorXd& vector, std::span<float> axis) {
  Eigen::Index largest = 0;
  vector.cwiseAbs().maxCoeff(&largest);
  const double sign = vector(largest) < 0 ? -1 : 1;
  for (std::size_t d = 0; d < axis.size(); ++d)
    axis[d] = static_cast<float>(sign * vector(static_cast<Eigen::Index>(d)));
}

void require_rows(const RowSource& rows, std::int64_t count) {
  if (rows.rows() < 2 || count < 1 || count > rows.rows() || count > rows.cols())
    fail(ErrorKind::input,
         "{} principal components of {} vectors of length {} cannot be had: ask for fewer, or give "
         "more vectors",
         count, rows.rows(), rows.cols());
  require_finite(rows, "vectors");
}

}  // namespace

Matrix PrincipalComponents::project(const RowSource& rows) const {
  require_same_length(rows, axes, "principal components");
  Matrix projected(rows.rows(), axes.rows);
  for_each_block(rows, kRowsAtOnce, [&](std::int64_t first, Matrix block) {
    centre(block, mean);
    const Matrix part = inner_products(block, 0, block.rows, axes);
    std::ranges::copy(part.values, projected.row(first).begin());
  });
  return projected;
}

PrincipalComponents PrincipalComponents::first(std::int64_t count) const {
  expect(count >= 1 && count <= axes.rows, "as many principal components as there are");
  PrincipalComponents few{mean, Matrix(count, axes.cols), variances};
  std::ranges::copy_n(axes.values.begin(), std::ssize(few.axes.values), few.axes.values.begin());
  few.variances.resize(static_cast<std::size_t>(count));
  return few;
}

PrincipalComponents principal_components(const RowSource& rows, std::int64_t count) {
  require_rows(rows, count);
  PrincipalComponents result{mean_of(rows), Matrix(count, rows.cols()), {}};
  // Eigenvalues come in ascending order.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(rows, result.mean));
  const Eigen::Index last = solver.eigenvalues().size() - 1;
  for (std::int64_t k = 0; k < count; ++k) {
    take_axis(solver.eigenvectors().col(last - k), result.axes.row(k));
    result.variances.push_back(std::max(0.0, solver.eigenvalues()(last - k)));
  }
  return result;
}

}  // namespace skyglot
