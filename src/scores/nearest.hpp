// SPDX-License-Identifier: Apache-2.0
// The k largest of a row of scores, and the k nearest rows of many.
#pragma once

#include "base/row_source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace skyglot {

struct Neighbour {
  std::int64_t index = 0;
  float score = 0;
};

/// The `k` largest of `scores`, best first; of equals the lower index is better. O(n + k log k) for
/// most rows, never sorts them.
[[nodiscard]] std::vector<Neighbour> nearest(std::span<const float> scores, std::size_t k);

struct NearestOptions {
  std::size_t k = 1;
  bool without_self = false;  ///< row i of the items is none of those nearest to query i
  /// Items that are none of those nearest to a query; asked only of items that would be.
  std::function<bool(std::int64_t query, std::int64_t item)> without{};
  std::int64_t block_rows = 0;  ///< queries at a time; 0: 1024
  std::int64_t tile_rows = 0;   ///< items at a time; 0: 16384
};

/// Calls `use(i, nearest)` for every query in order with the `k` items of largest inner product,
/// as nearest() would give them. Memory: block x tile scores and as many rows of either side; items
/// are kept up to kMostKeptBytes.
void for_each_nearest(const RowSource& queries, const RowSource& items,
                      const NearestOptions& options,
                      const std::function<void(std::int64_t, const std::vector<Neighbour>&)>& use);

}  // namespace skyglot
