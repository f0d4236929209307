// SPDX-License-Identifier: Apache-2.0
// Histograms drawn.
#pragma once

#include "page/histogram.hpp"
#include "page/svg.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// A value to draw a line at.
struct HistogramMarker {
  double value = 0;
  std::string label;
};

struct HistogramStyle {
  std::string x_label;  ///< "ground sample distance, m"
  std::string y_label = "pictures";
  std::size_t tone = 0;
  std::vector<HistogramMarker> markers{};  ///< their labels stand one below another
};

/// Bars of equal width, the edges written under them. An empty histogram gives a drawing that says
/// so.
[[nodiscard]] std::string draw_histogram(const FigureText& text, const Histogram& histogram,
                                         const HistogramStyle& style);

/// Where `value` lies among the edges: 0 at the first, 1 at the last, bins equally wide. Values
/// outside are clamped.
[[nodiscard]] double position_among(const std::vector<double>& edges, double value);

}  // namespace skyglot
