// SPDX-License-Identifier: Apache-2.0
// How many of n independent tries succeed, drawn at once.
#pragma once

#include "base/random.hpp"

#include <cstdint>

namespace skyglot {

/// One draw from the binomial distribution of `count` tries that succeed with the probability
/// `share` in [0, 1], by inversion from the mode outwards: exact but for rounding, one number of
/// the stream, time as the standard deviation.
[[nodiscard]] std::int64_t draw_binomial(RandomStream& random, std::int64_t count, double share);

}  // namespace skyglot
