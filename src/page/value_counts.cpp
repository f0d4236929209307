// SPDX-License-Identifier: Apache-2.0
#include "page/value_counts.hpp"

#include "base/numbers.hpp"

#include <cmath>

namespace skyglot {

double three_digits(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  // Through text, so that 0.3 is the double that prints as 0.3.
  const int decimals = 2 - static_cast<int>(std::floor(std::log10(std::abs(value))));
  if (decimals > 0) return parse_double(format_fixed(value, decimals)).value_or(value);
  const double unit = std::pow(10.0, -decimals);
  return std::round(value / unit) * unit;
}

std::uint64_t total(const ValueCounts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [value, count] : counts) sum += count;
  return sum;
}

double quantile(const ValueCounts& counts, double share) {
  const double wanted = share * static_cast<double>(total(counts));
  std::uint64_t seen = 0;
  for (const auto& [value, count] : counts) {
    seen += count;
    if (static_cast<double>(seen) >= wanted) return value;
  }
  return 0;
}

double mean(const ValueCounts& counts) {
  double sum = 0;
  for (const auto& [value, count] : counts) sum += value * static_cast<double>(count);
  return counts.empty() ? 0 : sum / static_cast<double>(total(counts));
}

}  // namespace skyglot
