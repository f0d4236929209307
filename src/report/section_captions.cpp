// SPDX-License-Identifier: Apache-2.0
// How long captions are and how often they repeat.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "page/svg_histogram.hpp"
#include "report/sections.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

// One of the two captions that every picture has.
struct CaptionKind {
  std::string id;
  std::string name;
  std::string column;  // in pairs.csv
  std::size_t tone = 0;
  const CaptionStatistics* statistics = nullptr;
};

std::string group_name(double low, double high) {
  return high - low <= 1 ? format_double(low) : format_double(low) + "–" + format_double(high - 1);
}

ValueCounts pictures_in_groups(const ValueCounts& sizes) {
  ValueCounts pictures;
  for (const auto& [size, captions] : sizes)
    pictures[size] = captions * static_cast<std::uint64_t>(size);
  return pictures;
}

std::string group_table(const CaptionKind& kind) {
  const CaptionStatistics& s = *kind.statistics;
  const Histogram captions = doubling_histogram(s.group_sizes);
  const Histogram pictures = doubling_histogram(pictures_in_groups(s.group_sizes));
  Table table{"Pictures that share a caption: " + kind.name,
              {{"Pictures sharing"},
               {"Captions", CellKind::number},
               {"Pictures", CellKind::number},
               {"Share", CellKind::number},
               {"Share of the pictures as a bar", CellKind::bar}},
              {}};
  for (std::size_t i = 0; i < captions.counts.size(); ++i) {
    const double share = share_of(pictures.counts[i], s.pictures);
    table.rows.push_back({group_name(captions.edges[i], captions.edges[i + 1]),
                          format_count(captions.counts[i]), format_count(pictures.counts[i]),
                          percent(share), bar_html(share, kind.tone)});
  }
  return table_html(table);
}

std::string length_figure(const CaptionKind& kind) {
  const CaptionStatistics& s = *kind.statistics;
  const std::string text = fmt::format(
      "Half of the captions take at most {} of CLIP’s {} tokens, the longest {}; {} words on "
      "average.",
      format_double(quantile(s.tokens, 0.5)), ClipTokenizer::kContextLength,
      s.tokens.empty() ? "0" : format_double(s.tokens.rbegin()->first),
      format_fixed(mean(s.words), 1));
  const std::string svg = draw_histogram(
      {"tokens-" + kind.id, "Length of the " + kind.name, text}, linear_histogram(s.tokens, 20, 1),
      {.x_label = "CLIP tokens, start and end included", .tone = kind.tone, .markers = {}});
  return figure_html(svg, "<strong>Length.</strong> " + text);
}

std::string top_table(const CaptionKind& kind) {
  const CaptionStatistics& s = *kind.statistics;
  Table table{"The most repeated " + kind.name,
              {{"Caption"}, {"Pictures", CellKind::number}, {"Pictures as a bar", CellKind::bar}},
              {}};
  for (const RepeatedCaption& caption : s.top)
    table.rows.push_back({data_html(caption.text), format_count(caption.pictures),
                          bar_html(share_of(caption.pictures, s.top[0].pictures), kind.tone)});
  return table_html(table);
}

nlohmann::json values_of(const CaptionKind& kind) {
  const CaptionStatistics& s = *kind.statistics;
  return {{"heading", kind.id == "single" ? "One object" : "With neighbours"},
          {"distinct", count_of(s.distinct, "distinct caption")},
          {"pictures", count_of(s.pictures, "picture")},
          {"unique", percent(s.unique_share())},
          {"column", kind.column},
          {"lengths", length_figure(kind)},
          {"groups", group_table(kind)},
          {"repeated",
           s.top.empty() ? shown_if(false, {}) : shown_if(true, {{"table", top_table(kind)}})}};
}

}  // namespace

Section captions_section(const ReportContent& content) {
  const Statistics& s = content.statistics;
  return {"captions", "Captions",
          fill_template("report_captions",
                        {{"neighbours", format_fixed(mean(s.neighbours), 1)},
                         {"kinds",
                          {values_of({"single", "captions of one object", "title", 0, &s.single}),
                           values_of({"multi", "captions with neighbours", "title_multi_objects", 2,
                                      &s.multi})}}})};
}

}  // namespace skyglot
