// SPDX-License-Identifier: Apache-2.0
// Small pieces of SVG that every drawing of the report is made of.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

/// What a drawing is called and says, for those who do not see it too.
struct FigureText {
  std::string id;  ///< unique on the page, letters and '-' only
  std::string title;
  std::string description;  ///< the message of the drawing in a sentence or two
};

struct SvgSize {
  double width = 0;
  double height = 0;
};

/// A drawing with axes: what lies between them, in its coordinates.
struct PlotFrame {
  SvgSize size;
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
  [[nodiscard]] constexpr double width() const { return right - left; }
  [[nodiscard]] constexpr double height() const { return bottom - top; }
  [[nodiscard]] constexpr double middle() const { return (left + right) / 2; }
};

/// A whole <svg> with role, title and description. `body` is SVG.
[[nodiscard]] std::string svg_html(const FigureText& text, SvgSize size, const std::string& body);

/// In place of a plot without values.
[[nodiscard]] std::string empty_plot_svg(const FigureText& text, const PlotFrame& frame);

/// Coordinate with one decimal.
[[nodiscard]] std::string svg_number(double value);
[[nodiscard]] std::string svg_line(double x1, double y1, double x2, double y2,
                                   std::string_view css_class);
/// `label` is plain text and gets escaped.
[[nodiscard]] std::string svg_text(double x, double y, std::string_view css_class,
                                   std::string_view label);
[[nodiscard]] std::string svg_rect(double x, double y, SvgSize size, std::string_view css_class);

/// The drawing with its caption under it. `caption_html` may hold markup, `more_html` follows it.
[[nodiscard]] std::string figure_html(const std::string& svg, const std::string& caption_html,
                                      const std::string& more_html = "");

}  // namespace skyglot
