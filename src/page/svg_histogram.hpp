// SPDX-License-Identifier: Apache-2.0
// Histograms drawn.
#pragma once

#include "page/histogram.hpp"
#include "page/svg.hpp"

#include <optional>
#include <string>

namespace skyglot {

struct HistogramStyle {
  std::string x_label;  ///< "ground sample distance, m"
  std::string y_label = "pictures";
  std::size_t tone = 0;
  std::optional<double> marker;  ///< a value to draw a line at
  std::string marker_label;
};

/// Bars of equal width, the edges written under them. An empty histogram gives a drawing that says
/// so.
[[nodiscard]] std::string draw_histogram(const FigureText& text, const Histogram& histogram,
                                         const HistogramStyle& style);

/// Where `value` lies among the edges: 0 at the first, 1 at the last, bins equally wide. Values
/// outside are clamped.
[[nodiscard]] double position_among(const std::vector<double>& edges, double value);

}  // namespace skyglot
