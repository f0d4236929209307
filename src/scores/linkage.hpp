// SPDX-License-Identifier: Apache-2.0
// Groups of points that are joined from the nearest pair on.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// The group of each row in [0, groups): the two groups whose rows are nearest on average
/// (Euclidean) become one until `groups` are left (UPGMA, Sokal and Michener 1958). Groups are
/// numbered by their first row; of equally near pairs the first is joined. As many groups as rows
/// at most. O(n^3).
[[nodiscard]] std::vector<std::int32_t> average_linkage(const Matrix& rows, std::int64_t groups);

}  // namespace skyglot
