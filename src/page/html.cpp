// SPDX-License-Identifier: Apache-2.0
#include "page/html.hpp"

#include "base/numbers.hpp"
#include "page/page_template.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

const char* class_of(CellKind kind) {
  switch (kind) {
    case CellKind::number:
      return " class=\"n\"";
    case CellKind::bar:
      return " class=\"b\"";
    case CellKind::text:
      break;
  }
  return "";
}

nlohmann::json columns_of(const Table& table) {
  nlohmann::json columns = nlohmann::json::array();
  for (const Column& column : table.columns)
    columns.push_back({{"kind", class_of(column.kind)},
                       {"bar", column.kind == CellKind::bar},
                       {"title", column.title}});
  return columns;
}

nlohmann::json row_of(const Table& table, const std::vector<std::string>& row) {
  nlohmann::json cells = nlohmann::json::array();
  for (std::size_t i = 0; i < row.size(); ++i)
    cells.push_back({{"kind", class_of(table.columns[i].kind)}, {"html", row[i]}});
  nlohmann::json heading = nlohmann::json::array({cells.at(0)});
  cells.erase(0);
  return {{"heading", std::move(heading)}, {"cells", std::move(cells)}};
}

}  // namespace

std::string data_html(std::string_view text) {
  return "<bdi>" + escape_html(text) + "</bdi>";
}

std::string percent(double share) {
  if (share > 0 && share < 0.0005) return "&lt;0.1%";
  if (share < 1 && share >= 0.9995) return "&gt;99.9%";
  return format_fixed(share * 100, 1) + "%";
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string table_html(const Table& table) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& row : table.rows) rows.push_back(row_of(table, row));
  return fill_template(
      "table",
      {{"caption", table.caption}, {"columns", columns_of(table)}, {"rows", std::move(rows)}});
}

std::string bar_html(double share, std::size_t tone) {
  if (!(share > 0)) return "";
  const double width = std::min(share, 1.0);
  return fmt::format("<span class=\"bar t{}\" style=\"width:{}%\"></span>", tone % 8,
                     format_fixed(width * 100, 2));
}

std::string details_html(const std::string& summary, const std::string& html) {
  return "<details><summary>" + escape_html(summary) + "</summary>\n" + html + "</details>\n";
}

}  // namespace skyglot
