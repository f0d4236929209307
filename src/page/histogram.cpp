// SPDX-License-Identifier: Apache-2.0
#include "page/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace skyglot {
namespace {

// Fewer bins than this look like a mistake; empty ones are added on both sides.
constexpr std::size_t kFewestBins = 5;

constexpr std::array kR10{1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0};
constexpr std::array kR5{1.0, 1.6, 2.5, 4.0, 6.3};
constexpr std::array kOneTwoFive{1.0, 2.0, 5.0};
constexpr std::array kDecades{1.0};
constexpr std::array<std::span<const double>, 4> kSeries{kR10, kR5, kOneTwoFive, kDecades};

double power_of_ten(int exponent) {
  return exponent >= 0 ? std::pow(10.0, exponent) : 1.0 / std::pow(10.0, -exponent);
}

// Number `index` of the endless series ..., 0.8, 1, 1.25, ..., 8, 10, ...
double series_number(std::span<const double> series, int index) {
  const int size = static_cast<int>(series.size());
  const int decade = static_cast<int>(std::floor(static_cast<double>(index) / size));
  const double base = series[static_cast<std::size_t>(index - decade * size)];
  return decade >= 0 ? base * power_of_ten(decade) : base / power_of_ten(-decade);
}

// Index of the largest number of the series that does not exceed `value`.
int series_index(std::span<const double> series, double value) {
  const int size = static_cast<int>(series.size());
  int index = static_cast<int>(std::floor(std::log10(value))) * size;
  while (series_number(series, index) > value) --index;
  while (series_number(series, index + 1) <= value) ++index;
  return index;
}

void fill(Histogram& histogram, const ValueCounts& values) {
  histogram.counts.assign(histogram.edges.size() - 1, 0);
  for (const auto& [value, count] : values) {
    const auto after = std::ranges::upper_bound(histogram.edges, value);
    if (after == histogram.edges.begin() || after == histogram.edges.end()) continue;
    histogram.counts[static_cast<std::size_t>(after - histogram.edges.begin()) - 1] += count;
  }
}

template <typename EdgeAt>
Histogram with_edges(const ValueCounts& values, int first, int last, EdgeAt edge_at) {
  for (bool low = true; static_cast<std::size_t>(last - first) < kFewestBins; low = !low)
    (low ? first : last) += low ? -1 : 1;
  Histogram histogram;
  for (int i = first; i <= last; ++i) histogram.edges.push_back(edge_at(i));
  fill(histogram, values);
  return histogram;
}

}  // namespace

double round_step(double range, int pieces) {
  const double least = std::max(range, 1e-12) / pieces;
  const int exponent = static_cast<int>(std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    const double step = factor * power_of_ten(exponent);
    if (step >= least * (1 - 1e-9)) return step;
  }
  return power_of_ten(exponent + 1);
}

Histogram linear_histogram(const ValueCounts& values, int max_bins, double smallest_step) {
  if (values.empty()) return {};
  const double low = values.begin()->first;
  const double high = values.rbegin()->first;
  // One piece less than allowed, since neither end need lie on an edge.
  const double step = std::max(smallest_step, round_step(high - low, std::max(1, max_bins - 1)));
  const int first = static_cast<int>(std::floor(low / step));
  const int last = static_cast<int>(std::floor(high / step)) + 1;
  Histogram histogram = with_edges(values, first, last, [&](int i) { return i * step; });
  // Bins below zero mean nothing for sizes and lengths.
  while (low >= 0 && histogram.edges.front() < 0) {
    histogram.edges.erase(histogram.edges.begin());
    histogram.counts.erase(histogram.counts.begin());
  }
  return histogram;
}

Histogram log_histogram(const ValueCounts& values, int max_bins) {
  const auto positive = values.upper_bound(0.0);
  if (positive == values.end()) return {};
  for (const auto series : kSeries) {
    const int first = series_index(series, positive->first);
    const int last = series_index(series, values.rbegin()->first) + 1;
    if (last - first <= max_bins || series.size() == 1)
      return with_edges(values, first, last, [&](int i) { return series_number(series, i); });
  }
  return {};
}

Histogram doubling_histogram(const ValueCounts& values) {
  if (values.empty()) return {};
  Histogram histogram;
  histogram.edges = {1, 2};
  for (double edge = 3; histogram.edges.back() <= values.rbegin()->first; edge = 2 * edge - 1)
    histogram.edges.push_back(edge);
  fill(histogram, values);
  return histogram;
}

}  // namespace skyglot
