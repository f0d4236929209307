// SPDX-License-Identifier: Apache-2.0
// Matrices for tests.
#pragma once

#include "base/linear_algebra.hpp"
#include "base/matrix.hpp"
#include "base/random.hpp"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace skyglot {

inline Matrix matrix_of(std::initializer_list<std::vector<float>> rows) {
  Matrix matrix(std::ssize(rows), rows.size() == 0 ? 0 : std::ssize(*rows.begin()));
  matrix.values.clear();
  for (const auto& row : rows) matrix.values.insert(matrix.values.end(), row.begin(), row.end());
  return matrix;
}

/// Unit rows of sin(a i + b d + offset).
inline Matrix wave_rows(std::int64_t rows, std::int64_t cols, std::initializer_list<double> phase) {
  const double* p = phase.begin();
  Matrix matrix(rows, cols);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t d = 0; d < cols; ++d)
      matrix.row(i)[static_cast<std::size_t>(d)] = static_cast<float>(
          std::sin(p[0] * static_cast<double>(i) + p[1] * static_cast<double>(d) + p[2]));
  normalise_rows(matrix);
  return matrix;
}

/// Normally distributed values, the same on every machine.
inline Matrix random_rows(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  RandomStream random(seed, "test rows");
  Matrix matrix(rows, cols);
  for (float& value : matrix.values) value = static_cast<float>(random.normal());
  return matrix;
}

/// Values -2..2 whose inner products are exact, with many ties.
inline Matrix small_integers(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  RandomStream random(seed, "test integers");
  Matrix matrix(rows, cols);
  for (float& value : matrix.values) value = static_cast<float>(random.integer(-2, 2));
  return matrix;
}

}  // namespace skyglot
