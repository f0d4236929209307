// SPDX-License-Identifier: Apache-2.0
// Vectors of unit length.
#pragma once

#include "base/matrix.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// A vector of zeros stays as it is.
void to_unit_length(std::span<float> vector);

/// Mean of rows [first, first + count), each taken at unit length.
[[nodiscard]] std::vector<float> mean_direction(const Matrix& rows, std::int64_t first,
                                                std::int64_t count);

/// Throws Error(input) that says `what` was embedded if a value is infinite or not a number.
void demand_finite(const Matrix& rows, const std::string& what);

}  // namespace skyglot
