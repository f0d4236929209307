// SPDX-License-Identifier: Apache-2.0
// From cells to pairs: how many are left after every stage and why the others went.
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "records/reasons.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

struct Stage {
  std::string name;
  std::string note;
  std::uint64_t count = 0;
  std::uint64_t whole = 0;  // what the bar is a share of
  std::size_t tone = 0;
};

std::vector<Stage> stages_of(const DatasetInfo& info) {
  return {{"Cells with imagery", "of the grid that the selection draws from",
           info.cells_with_imagery, info.cells_with_imagery, 1},
          {"Cells drawn", "at random", info.cells_drawn, info.cells_with_imagery, 1},
          {"Objects selected",
           info.rare_tags_targeted == 0
               ? std::string("in those cells")
               : "in those cells, and for " + count_of(info.rare_tags_targeted, "rare tag") +
                     " elsewhere",
           info.objects_selected, info.objects_selected, 0},
          {"Objects matched", "with a scene and a tile", info.objects_matched,
           info.objects_selected, 0},
          {"Pairs", "picture and captions written", info.pairs, info.objects_selected, 0}};
}

std::string funnel(const DatasetInfo& info) {
  Table table{"What is left after every stage",
              {{"Stage"},
               {"Count", CellKind::number},
               {"Share", CellKind::number},
               {"Share as a bar", CellKind::bar}},
              {}};
  for (const Stage& stage : stages_of(info)) {
    const double share = share_of(stage.count, stage.whole);
    table.rows.push_back({stage.name + " <span class=\"note\">" + stage.note + "</span>",
                          format_count(stage.count), percent(share), bar_html(share, stage.tone)});
  }
  return table_html(table);
}

std::string meaning_of(const std::string& reason) {
  const auto found = std::ranges::find(kReasons, std::string_view(reason), &Reason::name);
  return found == kReasons.end() ? "" : std::string(found->meaning);
}

void add_reasons(Table& table, const NameCounts& counts, const char* stage, std::uint64_t whole) {
  std::vector<std::pair<std::string, std::uint64_t>> rows(counts.begin(), counts.end());
  std::ranges::stable_sort(rows, std::greater(), [](const auto& row) { return row.second; });
  for (const auto& [reason, count] : rows) {
    const double share = share_of(count, whole);
    table.rows.push_back({"<code>" + data_html(reason) + "</code>", meaning_of(reason), stage,
                          format_count(count), percent(share), bar_html(share, 3)});
  }
}

std::string reasons(const Statistics& statistics) {
  if (statistics.skipped() == 0) return "<p>No object was skipped.</p>\n";
  Table table{"Why objects were skipped (shares of the objects selected)",
              {{"Reason"},
               {"What it means"},
               {"Stage"},
               {"Objects", CellKind::number},
               {"Share", CellKind::number},
               {"Share as a bar", CellKind::bar}},
              {}};
  add_reasons(table, statistics.skipped_in_match, "match", statistics.rows);
  add_reasons(table, statistics.skipped_in_cut, "cut", statistics.rows);
  return table_html(table);
}

nlohmann::json checks_of(const std::vector<Check>& checks) {
  nlohmann::json list = nlohmann::json::array();
  for (const Check& check : checks)
    list.push_back({{"class", check.ok ? "good" : "bad"},
                    {"verdict", check.ok ? "holds" : "fails"},
                    {"text", check.text}});
  return list;
}

// What was looked for beyond the cells; nothing where nothing was.
nlohmann::json targeted(const Statistics& s) {
  return shown_if(s.targeted_rows > 0, {{"objects", format_count(s.targeted_rows)},
                                        {"pairs", format_count(s.targeted_pairs)}});
}

}  // namespace

Section counts_section(const ReportContent& content) {
  const Statistics& s = content.statistics;
  return {"counts", "From cells to pairs",
          fill_template("report_counts", {{"selected", count_of(s.rows, "object")},
                                          {"pairs", format_count(s.pairs)},
                                          {"skipped", format_count(s.skipped())},
                                          {"targeted", targeted(s)},
                                          {"funnel", funnel(content.info)},
                                          {"reasons", reasons(s)},
                                          {"checks", checks_of(content.checks)}})};
}

}  // namespace skyglot
