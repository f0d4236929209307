// SPDX-License-Identifier: Apache-2.0
#include "page/html.hpp"

#include "base/numbers.hpp"

#include <fmt/format.h>

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

std::string heading_html(const Column& column) {
  const std::string title = column.kind == CellKind::bar
                                ? "<span class=\"vh\">" + escape_html(column.title) + "</span>"
                                : escape_html(column.title);
  return fmt::format("<th scope=\"col\"{}>{}</th>", class_of(column.kind), title);
}

std::string row_html(const std::vector<Column>& columns, const std::vector<std::string>& row) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < row.size(); ++i)
    html += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", class_of(columns[i].kind), row[i])
                   : fmt::format("<td{}>{}</td>", class_of(columns[i].kind), row[i]);
  return html + "</tr>\n";
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
  std::string html = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" +
                     escape_html(table.caption) + "\"><table>\n<caption>" +
                     escape_html(table.caption) + "</caption>\n<thead><tr>";
  for (const Column& column : table.columns) html += heading_html(column);
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) html += row_html(table.columns, row);
  return html + "</tbody></table></div>\n";
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
