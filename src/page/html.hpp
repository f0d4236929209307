// SPDX-License-Identifier: Apache-2.0
// HTML from data that nobody vouches for: escaping, tables, figures.
#pragma once

#include "base/html.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Escaped text from data, isolated from the writing direction around it.
[[nodiscard]] std::string data_html(std::string_view text);

/// "12.3%"; "100%" and "0%" only for exactly that.
[[nodiscard]] std::string percent(double share);
[[nodiscard]] double share_of(std::uint64_t part, std::uint64_t whole);

enum class CellKind { text, number, bar };

struct Column {
  std::string title;
  CellKind kind = CellKind::text;
};

/// Cells are HTML; the first of a row is its heading.
struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

[[nodiscard]] std::string table_html(const Table& table);
/// A bar of that share of its cell; for eyes only, so the number must stand beside it. `tone` picks
/// one of the eight colours of report.css.
[[nodiscard]] std::string bar_html(double share, std::size_t tone = 0);
/// The table behind a summary that opens it.
[[nodiscard]] std::string details_html(const std::string& summary, const std::string& html);

}  // namespace skyglot
