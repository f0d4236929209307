// SPDX-License-Identifier: Apache-2.0
// Resolution, size, age and origin of the pictures.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "page/svg_histogram.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

constexpr int kBins = 18;

std::string value_text(double value) {
  return value >= 1000 ? format_count(static_cast<std::uint64_t>(value))
                       : format_double(three_digits(value));
}

std::string summary(const ValueCounts& values, const std::string& unit) {
  if (values.empty()) return "No values.";
  return fmt::format("From {} to {} {}; half of the pictures at most {} {}.",
                     value_text(values.begin()->first), value_text(values.rbegin()->first), unit,
                     value_text(quantile(values, 0.5)), unit);
}

std::string numbers(const Histogram& histogram, const std::string& title) {
  Table table{
      title,
      {{"From", CellKind::number}, {"To below", CellKind::number}, {"Pictures", CellKind::number}},
      {}};
  for (std::size_t i = 0; i < histogram.counts.size(); ++i)
    if (histogram.counts[i] > 0)
      table.rows.push_back({value_text(histogram.edges[i]), value_text(histogram.edges[i + 1]),
                            format_count(histogram.counts[i])});
  return details_html("The numbers", table_html(table));
}

struct Quantity {
  std::string id;
  std::string title;
  std::string unit;
  std::size_t tone = 0;
};

std::string histogram_figure(const Quantity& quantity, const ValueCounts& values,
                             const Histogram& histogram) {
  const std::string text = summary(values, quantity.unit);
  const std::string svg = draw_histogram(
      {quantity.id, "Histogram: " + quantity.title, text}, histogram,
      {.x_label = quantity.title + ", " + quantity.unit, .tone = quantity.tone, .markers = {}});
  return figure_html(svg, "<strong>" + quantity.title + ".</strong> " + text,
                     numbers(histogram, quantity.title + " (" + quantity.unit + ")"));
}

std::string histograms(const ReportContent& content) {
  const Statistics& s = content.statistics;
  const bool jpeg = has_picture(content.info.patches());
  std::string html = histogram_figure({"gsd", "Ground sample distance", "m", 0}, s.gsd_m,
                                      log_histogram(s.gsd_m, kBins));
  html += histogram_figure({"ground", "Longer side on the ground", "m", 0}, s.longer_side_m,
                           log_histogram(s.longer_side_m, kBins));
  html +=
      histogram_figure({"width", "Width", "px", 0}, s.width_px, log_histogram(s.width_px, kBins));
  html += histogram_figure({"height", "Height", "px", 0}, s.height_px,
                           log_histogram(s.height_px, kBins));
  html += histogram_figure({"jpeg", jpeg ? "Size of the JPEG" : "Size of the GeoTIFF", "kB", 0},
                           s.file_kb, log_histogram(s.file_kb, kBins));
  html += histogram_figure({"around", "Surroundings", "other objects", 0}, s.neighbours,
                           linear_histogram(s.neighbours, kBins, 1));
  return html;
}

std::string name_table(const std::string& caption, const std::string& column,
                       const NameCounts& counts, std::uint64_t whole) {
  Table table{caption,
              {{column},
               {"Pictures", CellKind::number},
               {"Share", CellKind::number},
               {"Share as a bar", CellKind::bar}},
              {}};
  for (const auto& [name, count] : counts) {
    const double share = share_of(count, whole);
    table.rows.push_back({name.empty() ? "unknown" : data_html(name), format_count(count),
                          percent(share), bar_html(share)});
  }
  return table_html(table);
}

}  // namespace

Section pictures_section(const ReportContent& content) {
  const Statistics& s = content.statistics;
  return {"pictures", "Resolution and size",
          fill_template("report_pictures",
                        {{"histograms", histograms(content)},
                         {"years", name_table("Year of the imagery", "Year", s.by_year, s.pairs)},
                         {"kinds", name_table("Kind of map object", "Kind", s.by_kind, s.pairs)}})};
}

}  // namespace skyglot
