// SPDX-License-Identifier: Apache-2.0
// How often each value was seen: what histograms and medians are made of, in bounded memory.
#pragma once

#include <cstdint>
#include <map>

namespace skyglot {

/// Value -> times seen. Real quantities go in rounded to three digits, so that the map stays small
/// however many pictures there are.
using ValueCounts = std::map<double, std::uint64_t>;

/// `value` rounded to three significant digits; 0 stays 0.
[[nodiscard]] double three_digits(double value);

[[nodiscard]] std::uint64_t total(const ValueCounts& counts);
/// Smallest value that at least `share` of the total does not exceed (share in [0, 1]); 0 if empty.
[[nodiscard]] double quantile(const ValueCounts& counts, double share);
[[nodiscard]] double mean(const ValueCounts& counts);

}  // namespace skyglot
