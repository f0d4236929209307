// SPDX-License-Identifier: Apache-2.0
// Comma-separated tables (RFC 4180) with a header line, read and written.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Walks over a table row by row: quotes, doubled quotes, line breaks inside quotes, LF or CRLF, a
/// byte order mark. Lines before the header that start with '#' are comments; behind it they are
/// rows, for a file may be called "#1.jpg". The text must outlive it.
class CsvReader {
 public:
  enum class Comments { before_header, none };
  /// Cells are parted by `separator`; `name` is what messages call the table.
  CsvReader(std::string_view text, std::string name, char separator = ',',
            Comments comments = Comments::before_header);

  /// The cells of the next row; false at the end. Throws Error(format) with the line number on an
  /// unclosed quote.
  bool next_row(std::vector<std::string>& row);
  /// Line on which the last row began, from 1.
  [[nodiscard]] std::size_t row_line() const { return row_line_; }
  /// Where in the text the last row began.
  [[nodiscard]] std::size_t row_offset() const { return row_offset_; }

 private:
  void skip_to_row();
  std::string next_cell();
  std::string quoted_cell();
  void end_line();
  bool take(char c);

  std::string_view text_;
  std::string name_;
  char separator_;
  bool comments_;  // may still come
  std::size_t at_ = 0;
  std::size_t row_offset_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

/// A whole table in memory. Cells are UTF-8.
struct CsvTable {
  std::string name;  ///< what messages call it, usually the path
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< each as long as the header

  /// Index of a column; throws Error(format) that names the column and those there are.
  [[nodiscard]] std::size_t column(std::string_view column_name) const;
};

/// Parses `text` as CsvReader does. Throws Error(format) with the line number also on a row of
/// another length than the header.
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string name);

/// One line without its line break, cells quoted where they must be.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

}  // namespace skyglot
