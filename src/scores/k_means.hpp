// SPDX-License-Identifier: Apache-2.0
// Unit vectors in clusters around centres.
#pragma once

#include "base/row_source.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

struct KMeansOptions {
  std::int64_t clusters = 8;
  int rounds = 50;                ///< at most
  double tolerance = 1e-5;        ///< ends when the mean cosine grows by less
  std::int64_t fitted = 100'000;  ///< rows that centres are found from, evenly spread; 0: all
  std::uint64_t seed = 0;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct KMeans {
  Matrix centres;     ///< clusters x length, unit rows
  double cosine = 0;  ///< mean of the fitted rows to their centres
  int rounds = 0;
};

/// Spherical k-means (Dhillon and Modha 2001): Lloyd's rounds with cosines, begun by k-means++
/// (Arthur and Vassilvitskii 2007). `rows` are of unit length. A centre that loses all its rows is
/// put where the row of least cosine lies. Depends on rows, options and nothing else. Throws
/// Error(input) for fewer rows than clusters.
[[nodiscard]] KMeans k_means(const RowSource& rows, const KMeansOptions& options);

/// The centre of largest cosine for each row, the first of equals.
[[nodiscard]] std::vector<std::int32_t> nearest_centres(const RowSource& rows,
                                                        const Matrix& centres);

}  // namespace skyglot
