// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include "base/numbers.hpp"
#include "text/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace skyglot {
namespace {

bool in(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

// Control characters, direction marks, line separators, tags and noncharacters.
bool is_unsafe(char32_t c) {
  return c < 0x20 || in(c, 0x7F, 0x9F) || c == 0x61C || c == 0x200B || in(c, 0x200E, 0x200F) ||
         in(c, 0x2028, 0x202E) || in(c, 0x2060, 0x206F) || c == 0xFEFF || in(c, 0xFDD0, 0xFDEF) ||
         in(c, 0xFFF9, 0xFFFB) || (c & 0xFFFE) == 0xFFFE || in(c, 0xE0000, 0xE0FFF);
}

std::string_view entity(char32_t c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
    case '\n':
    case '\r':
      return " ";
    default:
      return "";
  }
}

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

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : decode_utf8(text)) {
    const std::string_view escaped = entity(c);
    result += escaped.empty()
                  ? encode_utf8(std::u32string(1, is_unsafe(c) ? kReplacementCharacter : c))
                  : std::string(escaped);
  }
  return result;
}

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
