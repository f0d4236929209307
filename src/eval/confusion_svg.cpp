// SPDX-License-Identifier: Apache-2.0
// The picture of a confusion matrix.
#include "eval/confusion_svg.hpp"

#include "base/html.hpp"
#include "base/numbers.hpp"
#include "base/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::size_t kLabelLength = 30;
constexpr double kCharacter = 0.56;  // width of an average character in font sizes
constexpr double kPad = 16;
constexpr double kTitle = 58;          // height of title and subtitle
constexpr double kCountColumn = 64;    // the pictures of a row end here, right of the squares
constexpr double kRightColumns = 116;  // and their share that is right here
constexpr double kScaleWidth = 14;

std::string number(double value) {
  return format_fixed(value, 1);
}

struct Colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

// Light to dark blue, even steps of lightness.
constexpr std::array<Colour, 6> kScale{Colour{250, 251, 253}, Colour{211, 226, 241},
                                       Colour{158, 195, 224}, Colour{88, 153, 204},
                                       Colour{30, 101, 168},  Colour{8, 48, 107}};

// Rare mistakes are what one looks for, so the scale grows with the root of the share.
double tone(double share) {
  return std::sqrt(std::clamp(share, 0.0, 1.0));
}

std::string colour(double share) {
  const double at = tone(share) * (kScale.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), kScale.size() - 2);
  const double part = at - static_cast<double>(below);
  const Colour& a = kScale[below];
  const Colour& b = kScale[below + 1];
  const auto mix = [&](double x, double y) {
    return static_cast<int>(std::lround(std::lerp(x, y, part)));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(a.red, b.red), mix(a.green, b.green),
                     mix(a.blue, b.blue));
}

bool is_dark(double share) {
  return tone(share) > 0.55;
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// "0.4%", "12%": what a person wants to read in a small place.
std::string percent_text(double share) {
  const double percent = 100 * share;
  return format_fixed(percent, percent < 9.95 ? 1 : 0) + "%";
}

// Where things are. Sizes in pixels.
struct Layout {
  explicit Layout(const ConfusionMatrix& matrix)
      : classes(static_cast<double>(matrix.classes())),
        cell(std::clamp(900 / std::max(classes, 1.0), 11.0, 46.0)),
        font(std::clamp(cell * 0.62, 9.0, 13.0)),
        upright(cell < 30) {
    std::size_t longest = 0;
    for (const std::string& name : matrix.names)
      longest = std::max(longest, decode_utf8(shorten(name, kLabelLength)).size());
    const double label = kCharacter * font * static_cast<double>(longest);
    left = kPad + std::max(label, 80.0) + 8;
    top = kTitle + 10 + (upright ? label : 0.75 * label + font) + 10;
    overhang = upright ? 0 : 0.75 * label;
  }

  [[nodiscard]] double side() const { return cell * classes; }
  [[nodiscard]] double at(std::size_t index) const { return cell * static_cast<double>(index); }
  [[nodiscard]] double scale_left() const { return left + side() + kRightColumns + 24; }
  [[nodiscard]] double scale_height() const { return std::clamp(side(), 120.0, 260.0); }
  [[nodiscard]] double width() const {
    const double least = 560;
    return std::max({scale_left() + kScaleWidth + 52, left + side() + overhang, least});
  }
  [[nodiscard]] double height() const {
    return top + std::max(side(), scale_height() + 24) + kPad + 8;
  }

  double classes;
  double cell;
  double font;
  bool upright;  // column labels, because slanted ones would touch
  double left = 0;
  double top = 0;
  double overhang = 0;
};

// `more` holds further attributes.
std::string label(double x, double y, std::string_view more, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", number(x), number(y),
                     more.empty() ? "" : " ", more, escape_html(text));
}

std::string heading(const ConfusionMatrix& matrix, std::string_view title) {
  std::int64_t right = 0;
  std::int64_t all = 0;
  for (std::size_t k = 0; k < matrix.classes(); ++k) {
    right += matrix.at(k, k);
    all += matrix.row_total(k);
  }
  return label(kPad, 30, "font-size=\"18\" font-weight=\"600\"", title) +
         label(kPad, 50, "font-size=\"12.5\" fill=\"#5a6472\"",
               fmt::format(
                   "{} of {} pictures right ({}). Colour: share of the true class. Numbers: "
                   "pictures.",
                   format_count(right), format_count(all), percent_text(share_of(right, all))));
}

// In the corner between the row and the column labels.
std::string axis_names(const Layout& layout) {
  const double x = layout.left - 8;
  return label(x, layout.top - 24, "class=\"axis\" text-anchor=\"end\"", "taken for →") +
         label(x, layout.top - 8, "class=\"axis\" text-anchor=\"end\"", "true class ↓");
}

std::string row_labels(const ConfusionMatrix& matrix, const Layout& layout) {
  std::string svg = fmt::format("<g text-anchor=\"end\" font-size=\"{}\">\n", number(layout.font));
  for (std::size_t t = 0; t < matrix.classes(); ++t)
    svg += label(layout.left - 8, layout.top + layout.at(t) + layout.cell / 2 + layout.font * 0.35,
                 "", shorten(matrix.names[t], kLabelLength));
  return svg + "</g>\n";
}

std::string column_labels(const ConfusionMatrix& matrix, const Layout& layout) {
  std::string svg = fmt::format("<g font-size=\"{}\">\n", number(layout.font));
  for (std::size_t p = 0; p < matrix.classes(); ++p) {
    const double x =
        layout.left + layout.at(p) + layout.cell / 2 + (layout.upright ? layout.font * 0.35 : 0);
    const double y = layout.top - 8;
    svg += label(x, y,
                 fmt::format("transform=\"rotate({} {} {})\"", layout.upright ? -90 : -45,
                             number(x), number(y)),
                 shorten(matrix.names[p], kLabelLength));
  }
  return svg + "</g>\n";
}

// How many pictures the class has and how many of them are right, at the end of its row.
std::string row_results(const ConfusionMatrix& matrix, const Layout& layout) {
  const double count_x = layout.left + layout.side() + kCountColumn;
  const double share_x = layout.left + layout.side() + kRightColumns;
  std::string svg = fmt::format("<g text-anchor=\"end\" font-size=\"{}\">\n", number(layout.font));
  svg += label(count_x, layout.top - 8, "class=\"axis\"", "pictures");
  svg += label(share_x, layout.top - 8, "class=\"axis\"", "right");
  for (std::size_t t = 0; t < matrix.classes(); ++t) {
    const double y = layout.top + layout.at(t) + layout.cell / 2 + layout.font * 0.35;
    const std::int64_t total = matrix.row_total(t);
    svg += label(count_x, y, "fill=\"#5a6472\"", format_count(total));
    svg += label(share_x, y, "", total == 0 ? "–" : percent_text(share_of(matrix.at(t, t), total)));
  }
  return svg + "</g>\n";
}

std::string frame(const Layout& layout) {
  std::string path;
  for (double i = 0; i <= layout.classes; ++i) {
    const double along = i * layout.cell;
    path += fmt::format("M{0} {1}h{2}M{3} {4}v{2}", number(layout.left), number(layout.top + along),
                        number(layout.side()), number(layout.left + along), number(layout.top));
  }
  return fmt::format("<path d=\"{}\" stroke=\"#e3e7ec\" stroke-width=\"0.6\" fill=\"none\"/>\n",
                     path);
}

std::string tip(const ConfusionMatrix& matrix, const ConfusedPair& pair, double share) {
  const std::string what = pair.truth == pair.predicted ? matrix.names[pair.truth] + " right"
                                                        : matrix.names[pair.truth] + " taken for " +
                                                              matrix.names[pair.predicted];
  return escape_html(fmt::format("{}: {} of {} ({})", what, pair.count,
                                 matrix.row_total(pair.truth), percent_text(share)));
}

std::string square(const ConfusionMatrix& matrix, const Layout& layout, const ConfusedPair& pair) {
  const double share = share_of(pair.count, matrix.row_total(pair.truth));
  const double x = layout.left + layout.at(pair.predicted);
  const double y = layout.top + layout.at(pair.truth);
  std::string svg = fmt::format(
      "<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
      tip(matrix, pair, share), number(x), number(y), number(layout.cell), number(layout.cell),
      colour(share));
  const std::string count = fmt::format("{}", pair.count);
  const double font =
      std::min(layout.cell * 0.42, layout.cell * 1.5 / static_cast<double>(count.size()));
  if (font >= 5.5)
    svg += label(x + layout.cell / 2, y + layout.cell / 2 + font * 0.36,
                 fmt::format("font-size=\"{}\"{}", number(std::min(font, 15.0)),
                             is_dark(share) ? " fill=\"#fff\"" : ""),
                 count);
  return svg + "</g>\n";
}

std::string squares(const ConfusionMatrix& matrix, const Layout& layout) {
  std::string svg = "<g text-anchor=\"middle\">\n";
  for (std::size_t t = 0; t < matrix.classes(); ++t)
    for (std::size_t p = 0; p < matrix.classes(); ++p)
      if (matrix.at(t, p) > 0) svg += square(matrix, layout, {t, p, matrix.at(t, p)});
  return svg + "</g>\n";
}

std::string colour_scale(const Layout& layout) {
  const double x = layout.scale_left();
  const double bottom = layout.top + layout.scale_height();
  std::string stops;
  for (int i = 0; i <= 10; ++i)
    stops += fmt::format("<stop offset=\"{}%\" stop-color=\"{}\"/>", i * 10, colour(i * i / 100.0));
  std::string svg = fmt::format(
      "<defs><linearGradient id=\"scale\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">{}</linearGradient>"
      "</defs>\n<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#scale)\" "
      "stroke=\"#c9d0d8\" stroke-width=\"0.6\"/>\n",
      stops, number(x), number(layout.top), number(kScaleWidth), number(layout.scale_height()));
  for (const int percent : {0, 1, 5, 10, 25, 50, 75, 100}) {
    const double y = bottom - tone(percent / 100.0) * layout.scale_height();
    svg += label(x + kScaleWidth + 6, y + 4, "font-size=\"11\" fill=\"#5a6472\"",
                 fmt::format("{}%", percent));
  }
  return svg;
}

}  // namespace

std::string confusion_svg(const ConfusionMatrix& matrix, std::string_view title) {
  const Layout layout(matrix);
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 "
             "{0} "
             "{1}\" role=\"img\" font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\" "
             "fill=\"#1d2733\">\n<title>{2}</title>\n<style>.axis{{fill:#5a6472;font-size:12px}}"
             "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
             number(layout.width()), number(layout.height()), escape_html(title)) +
         heading(matrix, title) + axis_names(layout) + row_labels(matrix, layout) +
         column_labels(matrix, layout) + squares(matrix, layout) + frame(layout) +
         row_results(matrix, layout) + colour_scale(layout) + "</svg>\n";
}

}  // namespace skyglot
