// SPDX-License-Identifier: Apache-2.0
// The best one-to-one pairing of rows and columns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// For each of `rows` rows its column, or -1 where there are more rows than columns and others gain
/// more: the pairing with the largest sum of `gain` (rows x columns, row by row, finite). Of equal
/// pairings always the same one. O(n^2 m) with n the shorter side: shortest augmenting paths (Kuhn
/// 1955; Jonker and Volgenant 1987).
[[nodiscard]] std::vector<std::int64_t> best_assignment(std::span<const double> gain,
                                                        std::int64_t rows, std::int64_t columns);

}  // namespace skyglot
