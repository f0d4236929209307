// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>

namespace skyglot {

CsvReader::CsvReader(std::string_view text, std::string name, char separator, Comments comments)
    : text_(text),
      name_(std::move(name)),
      separator_(separator),
      comments_(comments == Comments::before_header) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

bool CsvReader::next_row(std::vector<std::string>& row) {
  skip_to_row();
  row.clear();
  if (at_ >= text_.size()) return false;
  comments_ = false;
  row_line_ = line_;
  row_offset_ = at_;
  do row.push_back(next_cell());
  while (take(separator_));
  end_line();
  return true;
}

void CsvReader::skip_to_row() {
  const auto is_passed_over = [this](char c) {
    return c == '\n' || c == '\r' || (comments_ && c == '#');
  };
  while (at_ < text_.size() && is_passed_over(text_[at_])) {
    at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    ++line_;
  }
}

std::string CsvReader::next_cell() {
  if (take('"')) return quoted_cell();
  const char ends[] = {separator_, '\r', '\n'};
  const std::size_t end =
      std::min(text_.find_first_of(std::string_view(ends, 3), at_), text_.size());
  std::string cell(text_.substr(at_, end - at_));
  at_ = end;
  return cell;
}

std::string CsvReader::quoted_cell() {
  std::string cell;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    if (c != '"') {
      cell += c;
    } else if (take('"')) {
      cell += '"';
    } else {
      return cell;
    }
  }
  fail(ErrorKind::format, "{}:{}: a quoted cell is never closed", name_, row_line_);
}

void CsvReader::end_line() {
  take('\r');
  if (at_ < text_.size() && !take('\n'))
    fail(ErrorKind::format, "{}:{}: text after a closing quote", name_, line_);
  ++line_;
}

bool CsvReader::take(char c) {
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

std::size_t CsvTable::column(std::string_view column_name) const {
  const auto found = std::ranges::find(header, column_name);
  if (found == header.end())
    fail(ErrorKind::format, "{}: no column '{}'; there are: {}", name, column_name,
         skyglot::join(header, ", "));
  return static_cast<std::size_t>(found - header.begin());
}

CsvTable parse_csv(std::string_view text, std::string name) {
  CsvTable table{.name = std::move(name), .header = {}, .rows = {}};
  CsvReader parser(text, table.name);
  if (!parser.next_row(table.header)) fail(ErrorKind::format, "{}: empty table", table.name);
  std::vector<std::string> row;
  while (parser.next_row(row)) {
    if (row.size() != table.header.size())
      fail(ErrorKind::format, "{}:{}: {} cells where the header has {}", table.name,
           parser.row_line(), row.size(), table.header.size());
    table.rows.push_back(row);
  }
  return table;
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::vector<std::string> quoted;
  for (const std::string& cell : cells) {
    const bool plain = cell.find_first_of(",\"\r\n") == std::string::npos && !cell.starts_with('#');
    quoted.push_back(plain ? cell : "\"" + replace_all(cell, "\"", "\"\"") + "\"");
  }
  return join(quoted, ",");
}

}  // namespace skyglot
