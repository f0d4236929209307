// SPDX-License-Identifier: Apache-2.0
// Classification by the nearest labelled neighbours, weighted as in DINO's evaluation.
#pragma once

#include "base/row_source.hpp"

#include <cstdint>
#include <span>

namespace skyglot {

struct KnnOptions {
  int k = 20;                   ///< neighbours that vote; all there are if fewer
  double temperature = 0.07;    ///< T in the weight exp(similarity / T)
  std::int64_t block_rows = 0;  ///< queries at a time; 0: see nearest.hpp

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Votes of the k nearest of `train` (unit rows, N labels in [0, classes)) for each of `queries`:
/// queries.rows() x classes, each row the share of every class in the sum of exp(similarity / T)
/// (Wu et al. 2018; Caron et al. 2021, DINO, k = 20, T = 0.07); 0 is that of a class without a vote
/// (see ZeroScore) and of no other. Of equally near ones the lower
/// index counts. Memory: that of for_each_nearest() beside the result. Throws Error(input) if there
/// is no training row, a label is no class, lengths differ or a value is not finite.
[[nodiscard]] Matrix knn_scores(const RowSource& train, std::span<const std::int32_t> labels,
                                std::int64_t classes, const RowSource& queries,
                                const KnnOptions& options);

/// The same for every row of `vectors` with the others as training rows. Needs two rows.
[[nodiscard]] Matrix knn_leave_one_out(const RowSource& vectors,
                                       std::span<const std::int32_t> labels, std::int64_t classes,
                                       const KnnOptions& options);

}  // namespace skyglot
