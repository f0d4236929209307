// SPDX-License-Identifier: Apache-2.0
#include "page/svg.hpp"

#include "base/numbers.hpp"
#include "page/html.hpp"

#include <fmt/format.h>

namespace skyglot {

std::string svg_number(double value) {
  const std::string text = format_fixed(value, 1);
  return text == "-0" ? "0" : text;
}

std::string svg_html(const FigureText& text, SvgSize size, const std::string& body) {
  return fmt::format(
      "<svg viewBox=\"0 0 {1} {2}\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\">\n"
      "<title id=\"{0}-t\">{3}</title><desc id=\"{0}-d\">{4}</desc>\n{5}</svg>\n",
      text.id, svg_number(size.width), svg_number(size.height), escape_html(text.title),
      escape_html(text.description), body);
}

std::string empty_plot_svg(const FigureText& text, const PlotFrame& frame) {
  constexpr double kHeight = 40;
  return svg_html(text, {frame.size.width, kHeight},
                  svg_text(frame.size.width / 2, 24, "m", "nothing to show"));
}

std::string svg_line(double x1, double y1, double x2, double y2, std::string_view css_class) {
  return fmt::format("<path class=\"{}\" d=\"M{} {}L{} {}\"/>\n", css_class, svg_number(x1),
                     svg_number(y1), svg_number(x2), svg_number(y2));
}

std::string svg_text(double x, double y, std::string_view css_class, std::string_view label) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", css_class, svg_number(x),
                     svg_number(y), escape_html(label));
}

std::string svg_rect(double x, double y, SvgSize size, std::string_view css_class) {
  return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                     css_class, svg_number(x), svg_number(y), svg_number(size.width),
                     svg_number(size.height));
}

std::string figure_html(const std::string& svg, const std::string& caption_html,
                        const std::string& more_html) {
  return "<figure>\n" + svg + "<figcaption>" + caption_html + "</figcaption>\n" + more_html +
         "</figure>\n";
}

}  // namespace skyglot
