// SPDX-License-Identifier: Apache-2.0
// Rows of a tower: their mean direction, and that they are numbers.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// Mean of rows [first, first + count), each taken at unit length.
[[nodiscard]] std::vector<float> mean_direction(const Matrix& rows, std::int64_t first,
                                                std::int64_t count);

/// Throws Error(input) that says `what` was embedded if a value is infinite or not a number.
void demand_finite(const Matrix& rows, const std::string& what);

}  // namespace skyglot
