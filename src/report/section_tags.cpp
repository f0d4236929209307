// SPDX-License-Identifier: Apache-2.0
// Which tags the pictures show, and how long the tail is.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "page/svg_rank.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

constexpr std::size_t kTopTags = 40;

std::vector<std::uint64_t> counts_of(const std::vector<TagCount>& tags) {
  std::vector<std::uint64_t> counts;
  for (const TagCount& tag : tags) counts.push_back(tag.pictures);
  return counts;
}

std::string top_table(const std::vector<TagCount>& tags, std::uint64_t pairs) {
  const std::size_t shown = std::min(tags.size(), kTopTags);
  Table table{fmt::format("The {} most frequent tags", shown),
              {{"Tag"},
               {"Pictures", CellKind::number},
               {"Share", CellKind::number},
               {"Pictures as a bar", CellKind::bar}},
              {}};
  for (std::size_t i = 0; i < shown; ++i)
    table.rows.push_back({"<code>" + data_html(to_string(tags[i].tag)) + "</code>",
                          format_count(tags[i].pictures),
                          percent(share_of(tags[i].pictures, pairs)),
                          bar_html(share_of(tags[i].pictures, tags[0].pictures))});
  return table_html(table);
}

std::string reach_table(const std::vector<std::uint64_t>& counts) {
  Table table{"How many tags have enough pictures to learn from",
              {{"Pictures at least"}, {"Tags", CellKind::number}, {"Share", CellKind::number}},
              {}};
  for (const std::uint64_t least : {1u, 10u, 100u, 1000u}) {
    const std::size_t tags = reaching(counts, least);
    table.rows.push_back(
        {format_count(least), format_count(tags), percent(share_of(tags, counts.size()))});
  }
  return table_html(table);
}

std::string rank_figure(const std::vector<std::uint64_t>& counts) {
  const FigureText text{
      "rank", "Tags by rank and frequency",
      fmt::format("{}; {} have 10 pictures or more, {} have 100, {} have 1,000. Both axes are "
                  "logarithmic.",
                  count_of(counts.size(), "tag"), reaching(counts, 10), reaching(counts, 100),
                  reaching(counts, 1000))};
  return figure_html(draw_rank_plot(text, counts),
                     "<strong>Rank and frequency</strong> of the tags, both axes logarithmic. The "
                     "dashed lines mark the last tag with that many pictures.");
}

}  // namespace

Section tags_section(const ReportContent& content) {
  const Statistics& s = content.statistics;
  const auto tags = by_frequency(s.tags);
  const auto counts = counts_of(tags);
  return {"tags", "Tags",
          fill_template("report_tags", {{"distinct", count_of(tags.size(), "distinct tag")},
                                        {"mean", format_fixed(mean(s.tags_per_picture), 1)},
                                        {"rank", rank_figure(counts)},
                                        {"reach", reach_table(counts)},
                                        {"top", top_table(tags, s.pairs)}})};
}

}  // namespace skyglot
