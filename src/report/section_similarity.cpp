// SPDX-License-Identifier: Apache-2.0
// How well pictures fit their captions, and where the lists of kept pairs are cut.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "page/svg_histogram.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

constexpr int kSimilarityBins = 24;
constexpr std::size_t kMostMarkers = 4;  // more labels would stand in the bars

// One of the two captions that every picture has.
struct ComparedCaption {
  const char* column;  // as the lists name it
  const char* in_words;
  ValueCounts Statistics::*similarities;
};
constexpr ComparedCaption kSingle{"title", "one object", &Statistics::similarity};
constexpr ComparedCaption kMulti{"title_multi_objects", "several objects",
                                 &Statistics::similarity_multi_objects};

// Shown where the lists keep by these captions.
std::vector<HistogramMarker> cuts_of(const SimilaritySummary& summary,
                                     const ComparedCaption& caption) {
  std::vector<HistogramMarker> markers;
  if (summary.by != caption.column) return markers;
  for (const SimilarityCut& cut : summary.cuts)
    if (markers.size() < kMostMarkers)
      markers.push_back({cut.least, "best " + format_double(cut.percent) + " %"});
  return markers;
}

std::string figure_of(const ReportContent& content, const ComparedCaption& caption) {
  const ValueCounts& values = content.statistics.*caption.similarities;
  const std::string text =
      values.empty()
          ? "No picture could be compared."
          : fmt::format("From {:.3f} to {:.3f}; half of the pictures at most {:.3f}.",
                        values.begin()->first, values.rbegin()->first, quantile(values, 0.5));
  const std::string title =
      fmt::format("Histogram: similarity of picture and caption of {}", caption.in_words);
  const std::string svg = draw_histogram(
      {std::string("similarity-") + caption.column, title, text},
      linear_histogram(values, kSimilarityBins, 0.001),
      {.x_label = fmt::format("cosine of picture and caption of {}", caption.in_words),
       .tone = 0,
       .markers = cuts_of(*content.similarity, caption)});
  return figure_html(svg,
                     fmt::format("<strong>Caption of {}.</strong> {}", caption.in_words, text));
}

std::string cuts_table(const SimilaritySummary& summary) {
  Table table{"Lists of kept pairs",
              {{"List"},
               {"Per cent", CellKind::number},
               {"Pairs", CellKind::number},
               {"Similarity at least", CellKind::number}},
              {}};
  for (const SimilarityCut& cut : summary.cuts)
    table.rows.push_back({data_html(cut.list), format_double(cut.percent), format_count(cut.kept),
                          fmt::format("{:.4f}", cut.least)});
  return table_html(table);
}

std::string model_of(const SimilaritySummary& summary) {
  const auto model = summary.about.find("model");
  if (model == summary.about.end() || !model->is_object()) return "a model";
  return model->value("architecture", "a model");
}

}  // namespace

std::optional<Section> similarity_section(const ReportContent& content) {
  if (!content.similarity) return std::nullopt;
  const SimilaritySummary& s = *content.similarity;
  return Section{"similarity", "Pictures and words",
                 fill_template("report_similarity",
                               {{"model", model_of(s)},
                                {"by", s.by},
                                {"title", fmt::format("{:.3f}", s.mean_title)},
                                {"multi", fmt::format("{:.3f}", s.mean_title_multi_objects)},
                                {"unreadable", count_of(s.unreadable, "picture")},
                                {"single_figure", figure_of(content, kSingle)},
                                {"multi_figure", figure_of(content, kMulti)},
                                {"cuts", cuts_table(s)}})};
}

}  // namespace skyglot
