// SPDX-License-Identifier: Apache-2.0
// The k largest of a row of scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

struct Neighbour {
  std::int64_t index = 0;
  float score = 0;
};

/// The `k` largest of `scores` without the one at `without` (-1: all count), best first; of equals
/// the lower index is better. O(n + k log k) for most rows, never sorts them.
[[nodiscard]] std::vector<Neighbour> nearest(std::span<const float> scores, std::size_t k,
                                             std::int64_t without = -1);

}  // namespace skyglot
