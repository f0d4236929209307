// SPDX-License-Identifier: Apache-2.0
#include "eval/classes.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "base/words.hpp"
#include "eval/data_file.hpp"
#include "eval/names.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kReadings{"names", "indexes"};
constexpr std::string_view kUnlabelled = "-1";

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

std::string quoted(std::vector<std::string> names) {
  for (std::string& name : names) name = "'" + name + "'";
  return names.empty() ? "none" : some_of(names, 12);
}

[[noreturn]] void fail_on_mismatch(const ClassList& classes, std::span<const std::string> labels) {
  std::set<std::string> unknown;
  std::set<std::int32_t> used;
  for (const std::string& label : labels) {
    const auto index = classes.find(label);
    index ? static_cast<void>(used.insert(*index)) : static_cast<void>(unknown.insert(label));
  }
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (!used.contains(static_cast<std::int32_t>(i))) unused.push_back(classes.labels()[i]);
  fail(ErrorKind::input,
       "the class list and the labels of the pictures do not match: {} of the labels are no class "
       "({}); {} of the classes have no picture ({}). Give a class list that has these labels "
       "(--classes FILE, columns label,wording), or rename the folders",
       unknown.size(), quoted({unknown.begin(), unknown.end()}), unused.size(), quoted(unused));
}

// Every label's class by its name, or nothing if one is no name.
std::optional<std::vector<std::int32_t>> by_name(const ClassList& classes,
                                                 std::span<const std::string> labels) {
  std::vector<std::int32_t> found;
  found.reserve(labels.size());
  for (const std::string& label : labels) {
    const auto at = classes.find(label);
    if (!at) return std::nullopt;
    found.push_back(*at);
  }
  return found;
}

// Every label's class by its index, or nothing if one is no index.
std::optional<std::vector<std::int32_t>> by_index(const ClassList& classes,
                                                  std::span<const std::string> labels) {
  std::vector<std::int32_t> found;
  found.reserve(labels.size());
  for (const std::string& label : labels) {
    const auto at = parse_int(label);
    if (!at || *at < 0 || *at >= static_cast<std::int64_t>(classes.size())) return std::nullopt;
    found.push_back(static_cast<std::int32_t>(*at));
  }
  return found;
}

}  // namespace

std::string to_string(LabelReading reading) {
  return word_of(reading, kReadings);
}

ClassList::ClassList(std::vector<std::string> labels, std::vector<std::string> wordings,
                     const std::string& where)
    : labels_(std::move(labels)), wordings_(std::move(wordings)) {
  if (labels_.empty()) fail(ErrorKind::input, "{}: there is no class in it", where);
  if (wordings_.empty()) wordings_ = labels_;
  expect(wordings_.size() == labels_.size(), "a wording for every class");
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const std::string name = normalised_name(labels_[i]);
    if (name.empty())
      fail(ErrorKind::input, "{}: class '{}' has neither letter, digit nor sign", where,
           labels_[i]);
    if (wordings_[i].empty())
      fail(ErrorKind::input, "{}: class '{}' has no wording", where, labels_[i]);
    const auto [at, is_new] = index_.emplace(name, static_cast<std::int32_t>(i));
    if (!is_new)
      fail(ErrorKind::input,
           "{}: classes '{}' and '{}' are the same name once case, blanks and punctuation are "
           "gone; keep "
           "one",
           where, labels_[static_cast<std::size_t>(at->second)], labels_[i]);
  }
}

std::optional<std::int32_t> ClassList::find(std::string_view label) const {
  if (const auto found = index_.find(normalised_name(label)); found != index_.end())
    return found->second;
  return std::nullopt;
}

ClassList parse_classes(std::string_view text, const std::string& where) {
  text = without_mark(text);
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

std::vector<bool> unlabelled(const Labels& labels, const ClassList* classes) {
  const bool whole = std::ranges::all_of(
      labels.words, [](const std::string& word) { return word.empty() || parse_int(word); });
  const bool a_class = classes != nullptr &&
                       std::ranges::find(classes->labels(), kUnlabelled) != classes->labels().end();
  std::vector<bool> result;
  for (const std::string& word : labels.words)
    result.push_back(word.empty() || (whole && !a_class && word == kUnlabelled));
  return result;
}

MatchedLabels match_labels(const ClassList& classes, const Labels& labels) {
  auto names = by_name(classes, labels.words);
  auto indexes = by_index(classes, labels.words);
  if (!names && !indexes) fail_on_mismatch(classes, labels.words);
  const bool as_indexes = indexes && (labels.numbers || !names);
  if (names && indexes && *names != *indexes)
    log_warning("the labels are both names and indexes of classes: taken for {}; {}",
                as_indexes ? "indexes" : "names",
                as_indexes ? "give them as text if they are names"
                           : "give them as a .npy if they are indexes");
  return as_indexes ? MatchedLabels{std::move(*indexes), LabelReading::indexes}
                    : MatchedLabels{std::move(*names), LabelReading::names};
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
