// SPDX-License-Identifier: Apache-2.0
// The rows that answer a query best, with a rank that says more than a cosine.
#pragma once

#include "base/row_source.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

struct RankedRow {
  std::int64_t row = 0;
  float score = 0;  ///< inner product with the query
  double percentile =
      0;  ///< percent of the other rows that score lower; 100 where there is no other
};

/// For each query (unit rows, Q x E) the `k` best of `rows` (unit rows, N x E), best first; of
/// equals the lower row is better. Exact. Memory: N floats for each query of a block. Throws
/// Error(input) where the two differ in length.
[[nodiscard]] std::vector<std::vector<RankedRow>> rank_rows(const RowSource& rows,
                                                            const RowSource& queries,
                                                            std::size_t k);

}  // namespace skyglot
