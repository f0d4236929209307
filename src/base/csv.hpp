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

/// A whole table in memory. Cells are UTF-8.
struct CsvTable {
  std::string name;  ///< what messages call it, usually the path
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< each as long as the header

  /// Index of a column; throws Error(format) that names the column and those there are.
  [[nodiscard]] std::size_t column(std::string_view column_name) const;
};

/// Parses `text`: quotes, doubled quotes, line breaks inside quotes, LF or CRLF, a byte order mark;
/// lines that start with '#' are comments. Throws Error(format) with the line number on an unclosed
/// quote or a row of another length than the header.
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string name);

/// One line without its line break, cells quoted where they must be.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

}  // namespace skyglot
