// SPDX-License-Identifier: Apache-2.0
#include "tags/visibility.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace skyglot {
namespace {

[[noreturn]] void bad_cell(const std::string& name, const Tag& tag, const std::string& why) {
  fail(ErrorKind::format, "reading the visibility table {}: row {}: {}", name, to_string(tag), why);
}

// Visible and max_gsd_m of one row.
std::optional<double> level_of(const std::string& name, const Tag& tag, const std::string& visible,
                               const std::string& level) {
  if (visible != "yes" && visible != "no")
    bad_cell(name, tag, "visible is \"" + visible + "\", it must be yes or no");
  if (visible == "no") {
    if (!level.empty()) bad_cell(name, tag, "max_gsd_m must be empty for what is not visible");
    return std::nullopt;
  }
  const auto number = parse_double(level);
  if (!number || std::ranges::find(kVisibilityLevelsM, *number) == kVisibilityLevelsM.end())
    bad_cell(name, tag, "max_gsd_m is \"" + level + "\", it must be 0.1, 0.2, 0.6, 1 or 10");
  return number;
}

bool is_list(const Tag& tag) {
  return tag.value.find(';') != std::string::npos;
}

std::vector<Tag> parts_of(const Tag& tag) {
  std::vector<Tag> parts;
  for (const std::string_view part : split(tag.value, ';'))
    if (!trim(part).empty()) parts.push_back({tag.key, std::string(trim(part))});
  return parts;
}

}  // namespace

double coarsest_gsd_m(double max_gsd_m) {
  return max_gsd_m >= kVisibilityLevelsM.back() ? std::numeric_limits<double>::infinity()
                                                : max_gsd_m;
}

VisibilityTable VisibilityTable::parse(std::string_view csv, const std::string& name) {
  const CsvTable table = parse_csv(csv, name);
  const std::size_t key = table.column("key");
  const std::size_t value = table.column("value");
  const std::size_t visible = table.column("visible");
  const std::size_t level = table.column("max_gsd_m");
  VisibilityTable result;
  for (const auto& row : table.rows) {
    const Tag tag{row[key], row[value]};
    if (tag.key.empty() || tag.value.empty()) bad_cell(name, tag, "key or value is empty");
    const auto gsd_m = level_of(name, tag, row[visible], row[level]);
    if (!result.entries_.emplace(tag, gsd_m).second) bad_cell(name, tag, "listed twice");
  }
  return result;
}

VisibilityTable VisibilityTable::built_in() {
  return parse(load_resource("tag_labels.csv"), "tag_labels.csv");
}

// Rules 1, 3, 4 and 5.
std::optional<double> VisibilityTable::max_gsd_m_of_one(const Tag& tag) const {
  if (const auto exact = entries_.find(tag); exact != entries_.end()) return exact->second;
  if (tag.value == "no") return std::nullopt;
  const auto any = entries_.find({tag.key, "*"});
  return any == entries_.end() ? std::nullopt : any->second;
}

std::optional<double> VisibilityTable::max_gsd_m(const Tag& tag) const {
  if (!is_list(tag) || entries_.contains(tag)) return max_gsd_m_of_one(tag);
  std::optional<double> largest;
  for (const Tag& part : parts_of(tag)) largest = std::max(largest, max_gsd_m_of_one(part));
  return largest;
}

std::optional<double> VisibilityTable::max_gsd_m(const Tags& tags) const {
  std::optional<double> largest;
  for (const Tag& tag : tags) largest = std::max(largest, max_gsd_m(tag));
  return largest;
}

// The tag, or what of its list can be told.
std::optional<Tag> VisibilityTable::visible_part(const Tag& tag, double gsd_m) const {
  const auto seen = [&](const Tag& one) {
    const auto level = max_gsd_m_of_one(one);
    return level && coarsest_gsd_m(*level) >= gsd_m;
  };
  if (!is_list(tag) || entries_.contains(tag)) return seen(tag) ? std::optional(tag) : std::nullopt;
  std::vector<std::string> values;
  for (const Tag& part : parts_of(tag))
    if (seen(part)) values.push_back(part.value);
  if (values.empty()) return std::nullopt;
  return Tag{tag.key, join(values, ";")};
}

Tags VisibilityTable::visible_at(const Tags& tags, double gsd_m) const {
  Tags visible;
  for (const Tag& tag : tags)
    if (auto part = visible_part(tag, gsd_m)) visible.push_back(std::move(*part));
  return visible;
}

bool VisibilityTable::knows(const Tag& tag) const {
  if (entries_.contains(tag) || entries_.contains({tag.key, "*"})) return true;
  return std::ranges::any_of(parts_of(tag),
                             [&](const Tag& part) { return entries_.contains(part); });
}

}  // namespace skyglot
