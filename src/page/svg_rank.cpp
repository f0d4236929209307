// SPDX-License-Identifier: Apache-2.0
#include "page/svg_rank.hpp"

#include "base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr PlotFrame kRank{{360, 260}, 48, 344, 24, 218};

// Logarithmic axes that end at whole decades.
struct Axes {
  double x_decades = 1;
  double y_decades = 1;
  [[nodiscard]] double x(double rank) const {
    return kRank.left + std::log10(rank) / x_decades * kRank.width();
  }
  [[nodiscard]] double y(double count) const {
    return kRank.bottom - std::log10(count) / y_decades * kRank.height();
  }
};

double decades(double value) {
  return std::max(1.0, std::ceil(std::log10(value) - 1e-9));
}

std::string decade_text(int exponent) {
  return format_count(static_cast<std::uint64_t>(std::llround(std::pow(10.0, exponent))));
}

std::string grid(const Axes& axes) {
  std::string svg;
  for (int k = 0; k <= static_cast<int>(axes.y_decades); ++k) {
    const double y = axes.y(std::pow(10.0, k));
    svg += svg_line(kRank.left, y, kRank.right, y, k == 0 ? "ax" : "gr");
    svg += svg_text(kRank.left - 6, y + 4, "e", decade_text(k));
  }
  for (int k = 0; k <= static_cast<int>(axes.x_decades); ++k) {
    const double x = axes.x(std::pow(10.0, k));
    svg += svg_line(x, kRank.top, x, kRank.bottom, k == 0 ? "ax" : "gr");
    svg += svg_text(x, kRank.bottom + 17, "m", decade_text(k));
  }
  return svg + svg_text(4, 12, "l", "pictures") +
         svg_text(kRank.middle(), kRank.size.height - 6, "m", "rank of the tag");
}

// Every rank while they are far apart, then one a pixel.
std::string points(const std::vector<std::uint64_t>& counts, const Axes& axes) {
  std::string dots;
  std::string line;
  double last_x = -10;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double x = axes.x(static_cast<double>(i + 1));
    if (x - last_x < 1 && i + 1 < counts.size()) continue;
    last_x = x;
    const std::string at = svg_number(x) + " " + svg_number(axes.y(static_cast<double>(counts[i])));
    line += (line.empty() ? "M" : "L") + at;
    dots += "M" + at + "h0";
  }
  return fmt::format("<path class=\"ln\" d=\"{}\"/>\n<path class=\"dt\" d=\"{}\"/>\n", line, dots);
}

std::string thresholds(const std::vector<std::uint64_t>& counts, const Axes& axes) {
  std::string svg;
  for (const std::uint64_t least : {10u, 100u, 1000u}) {
    const std::size_t tags = reaching(counts, least);
    if (tags == 0) continue;
    const double y = axes.y(static_cast<double>(least));
    const double x = axes.x(static_cast<double>(tags));
    svg += svg_line(x, y, x, kRank.bottom, "mk");
    const bool room = x < kRank.left + 0.45 * kRank.width();
    svg += svg_text(room ? x + 6 : kRank.right, y - 5, room ? "k" : "e k",
                    fmt::format("{} {} with {} or more", format_count(tags),
                                tags == 1 ? "tag" : "tags", format_count(least)));
  }
  return svg;
}

}  // namespace

std::size_t reaching(const std::vector<std::uint64_t>& counts, std::uint64_t least) {
  const auto end = std::ranges::partition_point(counts, [&](auto count) { return count >= least; });
  return static_cast<std::size_t>(end - counts.begin());
}

std::string draw_rank_plot(const FigureText& text, const std::vector<std::uint64_t>& counts) {
  if (counts.empty()) return empty_plot_svg(text, kRank);
  const Axes axes{decades(static_cast<double>(counts.size())),
                  decades(static_cast<double>(counts.front()))};
  return svg_html(text, kRank.size, grid(axes) + thresholds(counts, axes) + points(counts, axes));
}

}  // namespace skyglot
