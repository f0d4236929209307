// SPDX-License-Identifier: Apache-2.0
// The directions along which rows differ most.
#pragma once

#include "base/row_source.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Principal components of rows of length D, the one of the largest variance first.
struct PrincipalComponents {
  std::vector<float> mean;        ///< D
  Matrix axes;                    ///< K x D, orthonormal; the largest value of each is positive
  std::vector<double> variances;  ///< K, of the rows along each axis (divided by rows - 1)

  /// rows x K coordinates of the centred rows, not whitened. Throws Error(input) if the rows have
  /// another length.
  [[nodiscard]] Matrix project(const RowSource& rows) const;
  /// The first `count` of them.
  [[nodiscard]] PrincipalComponents first(std::int64_t count) const;
};

/// The first `count` components, by the eigenvectors of the covariance (Pearson 1901), summed in
/// double. Memory: D x D. Throws Error(input) if there are fewer than two rows, fewer rows or
/// columns than `count`, or a value is not finite.
[[nodiscard]] PrincipalComponents principal_components(const RowSource& rows, std::int64_t count);

}  // namespace skyglot
