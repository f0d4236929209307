// SPDX-License-Identifier: Apache-2.0
#include "osm/area_rules.hpp"

#include "base/error.hpp"
#include "base/toml_table.hpp"

namespace skyglot {
namespace {

[[noreturn]] void fail_rule(const std::string& name, std::string_view key) {
  fail(ErrorKind::format,
       "{}: the rule for '{}' must be \"all\", a list of values, or {{ all_but = [...] }}", name,
       key);
}

std::set<std::string, std::less<>> strings_of(const toml::node* node, const std::string& name,
                                              std::string_view key) {
  const toml::array* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr) fail_rule(name, key);
  std::set<std::string, std::less<>> values;
  for (const toml::node& item : *list) {
    const auto text = item.value<std::string>();
    if (!text) fail_rule(name, key);
    values.insert(*text);
  }
  return values;
}

}  // namespace

AreaRules::AreaRules(std::string_view toml, const std::string& name) {
  const toml::table file = parse_toml(toml, name);
  const toml::table* areas = file["areas"].as_table();
  if (areas == nullptr || file.size() != 1)
    fail(ErrorKind::format, "{}: must hold the table [areas] and nothing else", name);
  for (const auto& [key, node] : *areas) {
    Rule rule;
    if (node.is_array()) {
      rule = {true, strings_of(&node, name, key.str())};
    } else if (const toml::table* table = node.as_table()) {
      rule = {false, strings_of(table->get("all_but"), name, key.str())};
    } else if (node.value<std::string>() != "all") {
      fail_rule(name, key.str());
    }
    if (!rule.listed_are_areas) rule.values.insert("no");
    rules_.emplace(key.str(), std::move(rule));
  }
}

AreaVerdict AreaRules::after(AreaVerdict so_far, std::string_view key,
                             std::string_view value) const {
  if (key == "area" && value == "no") return AreaVerdict::surely_not;
  if (so_far == AreaVerdict::surely_not || so_far == AreaVerdict::surely) return so_far;
  if (key == "area" && value == "yes") return AreaVerdict::surely;
  const auto found = rules_.find(key);
  if (found == rules_.end()) return so_far;
  const bool listed = found->second.values.contains(value);
  return listed == found->second.listed_are_areas ? AreaVerdict::area : so_far;
}

}  // namespace skyglot
