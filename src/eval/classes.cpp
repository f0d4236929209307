// SPDX-License-Identifier: Apache-2.0
#include "eval/classes.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "eval/data_file.hpp"
#include "eval/names.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kNamesInMessages = 12;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view name = trim(line);
    if (!name.empty() && !name.starts_with('#')) lines.emplace_back(name);
  }
  return lines;
}

// A table says so in its header; a plain list starts with a class.
bool is_table(const std::vector<std::string>& lines) {
  if (lines.empty()) return false;
  const auto cells = split(lines.front(), ',');
  return std::ranges::any_of(cells, [](std::string_view cell) { return trim(cell) == "label"; });
}

std::vector<std::string> column_of(const CsvTable& table, std::string_view name) {
  const std::size_t column = table.column(name);
  std::vector<std::string> cells;
  for (const auto& row : table.rows) cells.emplace_back(trim(row[column]));
  return cells;
}

std::string listed(const std::set<std::string>& names) {
  std::vector<std::string> first;
  for (const std::string& name : names)
    if (first.size() < kNamesInMessages) first.push_back("'" + name + "'");
  std::string text = join(first, ", ");
  if (names.size() > first.size()) text += fmt::format(" and {} more", names.size() - first.size());
  return text.empty() ? "none" : text;
}

[[noreturn]] void fail_on_mismatch(const ClassList& classes, std::span<const std::string> labels) {
  std::set<std::string> unknown;
  std::set<std::int32_t> used;
  for (const std::string& label : labels) {
    const auto index = classes.find(label);
    index ? static_cast<void>(used.insert(*index)) : static_cast<void>(unknown.insert(label));
  }
  std::set<std::string> unused;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (!used.contains(static_cast<std::int32_t>(i))) unused.insert(classes.labels()[i]);
  fail(ErrorKind::input,
       "the class list and the labels of the pictures do not match: {} of the labels are no class "
       "({}); {} of the classes have no picture ({}). Give a class list that has these labels "
       "(--classes FILE, columns label,wording), or rename the folders",
       unknown.size(), listed(unknown), unused.size(), listed(unused));
}

}  // namespace

ClassList::ClassList(std::vector<std::string> labels, std::vector<std::string> wordings,
                     const std::string& where)
    : labels_(std::move(labels)), wordings_(std::move(wordings)) {
  if (labels_.empty()) fail(ErrorKind::input, "{}: there is no class in it", where);
  if (wordings_.empty()) wordings_ = labels_;
  expect(wordings_.size() == labels_.size(), "a wording for every class");
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const std::string name = normalised_name(labels_[i]);
    if (name.empty())
      fail(ErrorKind::input, "{}: class '{}' has neither letter nor digit", where, labels_[i]);
    if (wordings_[i].empty())
      fail(ErrorKind::input, "{}: class '{}' has no wording", where, labels_[i]);
    const auto [at, is_new] = index_.emplace(name, static_cast<std::int32_t>(i));
    if (!is_new)
      fail(ErrorKind::input,
           "{}: classes '{}' and '{}' are the same name once case, blanks and signs are gone; keep "
           "one",
           where, labels_[static_cast<std::size_t>(at->second)], labels_[i]);
  }
}

std::optional<std::int32_t> ClassList::find(std::string_view label) const {
  if (const auto found = index_.find(normalised_name(label)); found != index_.end())
    return found->second;
  const auto number = parse_int(label);
  if (number && *number >= 0 && *number < static_cast<std::int64_t>(size()))
    return static_cast<std::int32_t>(*number);
  return std::nullopt;
}

ClassList parse_classes(std::string_view text, const std::string& where) {
  if (!is_utf8(text)) fail(ErrorKind::format, "{}: not UTF-8 text", where);
  std::vector<std::string> lines = lines_of(text);
  if (!is_table(lines)) return {std::move(lines), {}, where};
  const CsvTable table = parse_csv(text, where);
  const bool has_wording = std::ranges::find(table.header, "wording") != table.header.end();
  return {column_of(table, "label"),
          has_wording ? column_of(table, "wording") : std::vector<std::string>(), where};
}

ClassList read_classes(const std::string& name) {
  return parse_classes(read_data_file(name, "class list", "classes/"), name);
}

ClassList classes_of_labels(std::span<const std::string> labels) {
  std::map<std::string, std::string> by_name;
  for (const std::string& label : labels) by_name.emplace(normalised_name(label), label);
  std::vector<std::string> names;
  for (const auto& [name, label] : by_name) names.push_back(label);
  std::ranges::sort(names);
  return {std::move(names), {}, "the labels of the pictures"};
}

std::vector<std::int32_t> match_labels(const ClassList& classes,
                                       std::span<const std::string> labels) {
  std::vector<std::int32_t> indices;
  indices.reserve(labels.size());
  for (const std::string& label : labels) {
    const auto index = classes.find(label);
    if (!index) fail_on_mismatch(classes, labels);
    indices.push_back(*index);
  }
  return indices;
}

std::vector<std::string> classes_without_items(const ClassList& classes,
                                               std::span<const std::int32_t> labels) {
  std::vector<bool> used(classes.size(), false);
  for (const std::int32_t label : labels) used[static_cast<std::size_t>(label)] = true;
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (!used[i]) unused.push_back(classes.labels()[i]);
  return unused;
}

}  // namespace skyglot
