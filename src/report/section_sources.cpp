// SPDX-License-Identifier: Apache-2.0
// Collections and splits, and what must be said when the data set is published.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

std::string gsd_range(const Statistics& statistics, const std::string& collection) {
  const auto found = statistics.gsd_by_collection.find(collection);
  if (found == statistics.gsd_by_collection.end()) return "–";
  const std::string low = format_double(found->second.begin()->first);
  const std::string high = format_double(found->second.rbegin()->first);
  return low == high ? low : low + "–" + high;
}

std::string collection_name(const DatasetInfo& info, const std::string& code) {
  for (const CollectionInfo& collection : info.collections)
    if (collection.code == code && !collection.name.empty())
      return data_html(code) + " <span class=\"note\">" + data_html(collection.name) + "</span>";
  return data_html(code);
}

std::vector<std::string> split_row(const std::string& name, const std::string& gsd,
                                   const SplitCounts& counts) {
  std::vector<std::string> row{name, gsd};
  for (const std::uint64_t count : counts) row.push_back(format_count(count));
  row.push_back(format_count(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})));
  return row;
}

std::string split_table(const ReportContent& content) {
  const Statistics& s = content.statistics;
  Table table{"Pairs by collection and split",
              {{"Collection"},
               {"GSD, m", CellKind::number},
               {"train", CellKind::number},
               {"val", CellKind::number},
               {"test", CellKind::number},
               {"all", CellKind::number}},
              {}};
  for (const auto& [code, counts] : s.by_collection)
    table.rows.push_back(
        split_row(collection_name(content.info, code), gsd_range(s, code), counts));
  table.rows.push_back(split_row("all", "", s.by_split));
  return table_html(table);
}

std::string shard_ranges(const DatasetInfo& info) {
  Table table{"Shards of each split, as WebDataset readers take them",
              {{"Split"}, {"Pairs", CellKind::number}, {"Share", CellKind::number}, {"Shards"}},
              {}};
  for (const SplitInfo& split : info.splits)
    table.rows.push_back({data_html(split.name), format_count(split.pairs),
                          percent(share_of(split.pairs, info.pairs)),
                          "<code>" + data_html(split.shards) + "</code>"});
  return table_html(table);
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "<span class=\"note\">not stated</span>" : data_html(text);
}

std::string licence_table(const DatasetInfo& info) {
  Table table{"Imagery: licences and attribution",
              {{"Collection"}, {"Licence"}, {"Attribution"}, {"Source"}},
              {}};
  for (const CollectionInfo& c : info.collections)
    table.rows.push_back({collection_name(info, c.code), or_dash(c.licence), or_dash(c.attribution),
                          or_dash(c.source)});
  return table_html(table);
}

// The lines of a <pre>, whose breaks escape_html() would make blanks.
nlohmann::json preformatted(const std::string& text) {
  std::string html;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    html += escape_html(std::string_view(text).substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return shown_if(!text.empty(), {{"lines", html}});
}

}  // namespace

Section sources_section(const ReportContent& content) {
  return {"sources", "Splits, collections and licences",
          fill_template("report_sources", {{"splits", split_table(content)},
                                           {"shards", shard_ranges(content.info)},
                                           {"licences", licence_table(content.info)},
                                           {"attribution", preformatted(content.attribution)}})};
}

}  // namespace skyglot
