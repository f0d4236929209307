// SPDX-License-Identifier: Apache-2.0
#include "page/svg_histogram.hpp"

#include "base/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr PlotFrame kHistogram{{360, 200}, 44, 352, 22, 162};

std::string edge_text(double edge) {
  return edge >= 1000 ? format_count(static_cast<std::uint64_t>(edge))
                      : format_double(three_digits(edge));
}

double bar_height(std::uint64_t count, double y_max) {
  return static_cast<double>(count) / y_max * kHistogram.height();
}

std::string y_axis(double y_max, double step, const HistogramStyle& style) {
  std::string svg = svg_text(4, 12, "l", style.y_label);
  for (double y = 0; y <= y_max * (1 + 1e-9); y += step) {
    const double at = kHistogram.bottom - y / y_max * kHistogram.height();
    svg += svg_line(kHistogram.left, at, kHistogram.right, at, y == 0 ? "ax" : "gr");
    svg += svg_text(kHistogram.left - 6, at + 4, "e", format_count(static_cast<std::uint64_t>(y)));
  }
  return svg;
}

std::string x_axis(const Histogram& histogram, const HistogramStyle& style) {
  const std::size_t bins = histogram.counts.size();
  const double width = kHistogram.width() / static_cast<double>(bins);
  const std::size_t every = (bins + 5) / 6;
  std::string svg = svg_text(kHistogram.middle(), kHistogram.size.height - 6, "m", style.x_label);
  for (std::size_t i = 0; i <= bins; i += every) {
    const double x = kHistogram.left + width * static_cast<double>(i);
    svg += svg_line(x, kHistogram.bottom, x, kHistogram.bottom + 4, "ax");
    svg += svg_text(x, kHistogram.bottom + 17, "m", edge_text(histogram.edges[i]));
  }
  return svg;
}

std::string bars(const Histogram& histogram, double y_max, std::size_t tone) {
  const double width = kHistogram.width() / static_cast<double>(histogram.counts.size());
  std::string svg;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    if (histogram.counts[i] == 0) continue;
    // A count of one must stay to be seen beside a count of a million.
    const double height = std::max(1.0, bar_height(histogram.counts[i], y_max));
    svg +=
        svg_rect(kHistogram.left + width * static_cast<double>(i) + 0.5, kHistogram.bottom - height,
                 {width - 1, height}, "f" + std::to_string(tone % 8));
  }
  return svg;
}

std::string markers(const Histogram& histogram, const HistogramStyle& style) {
  constexpr double kLine = 14;
  std::string svg;
  double y = kHistogram.top - 4;
  for (const HistogramMarker& marker : style.markers) {
    const double x =
        kHistogram.left + position_among(histogram.edges, marker.value) * kHistogram.width();
    const bool right = x > kHistogram.middle();
    svg += svg_line(x, kHistogram.top - 6, x, kHistogram.bottom, "mk") +
           svg_text(right ? x - 4 : x + 4, y, right ? "e k" : "k", marker.label);
    y += kLine;
  }
  return svg;
}

}  // namespace

double position_among(const std::vector<double>& edges, double value) {
  const auto after = std::ranges::upper_bound(edges, value);
  if (after == edges.begin()) return 0;
  if (after == edges.end()) return 1;
  const auto bin = static_cast<double>(after - edges.begin() - 1);
  const double within = (value - *(after - 1)) / (*after - *(after - 1));
  return (bin + within) / static_cast<double>(edges.size() - 1);
}

std::string draw_histogram(const FigureText& text, const Histogram& histogram,
                           const HistogramStyle& style) {
  if (histogram.counts.empty()) return empty_plot_svg(text, kHistogram);
  const auto highest = static_cast<double>(std::ranges::max(histogram.counts));
  const double step = std::max(1.0, round_step(highest, 4));
  const double y_max = std::max(1.0, std::ceil(highest / step)) * step;
  return svg_html(text, kHistogram.size,
                  y_axis(y_max, step, style) + bars(histogram, y_max, style.tone) +
                      x_axis(histogram, style) + markers(histogram, style));
}

}  // namespace skyglot
