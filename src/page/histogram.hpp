// SPDX-License-Identifier: Apache-2.0
// Counts put into bins whose edges people like to read.
#pragma once

#include "page/value_counts.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Bin i holds the values in [edges[i], edges[i + 1]); edges.size() == counts.size() + 1.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::uint64_t> counts;
  friend bool operator==(const Histogram&, const Histogram&) = default;
};

/// 1, 2 or 5 times a power of ten: the smallest such step that cuts `range` into at most `pieces`.
[[nodiscard]] double round_step(double range, int pieces);

/// Bins of equal width (1, 2 or 5 times a power of ten, at least `smallest_step`), at most
/// `max_bins` of them. No values: no bins.
[[nodiscard]] Histogram linear_histogram(const ValueCounts& values, int max_bins,
                                         double smallest_step = 1e-9);
/// Bins with edges at preferred numbers (ISO 3: R10, R5 or 1-2-5, 1-10), so that each is about as
/// wide as the last on a logarithmic axis; at most `max_bins` where a decade a bin allows it.
/// Values of 0 and below are left out.
[[nodiscard]] Histogram log_histogram(const ValueCounts& values, int max_bins);
/// Bins 1, 2, 3-4, 5-8, ...: each twice as wide as the last.
[[nodiscard]] Histogram doubling_histogram(const ValueCounts& values);

}  // namespace skyglot
