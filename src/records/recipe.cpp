// SPDX-License-Identifier: Apache-2.0
#include "records/recipe.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "base/toml_table.hpp"

#include <algorithm>
#include <map>
#include <type_traits>

namespace skyglot {
namespace {

using Problems = std::vector<std::string>;

// Every leaf of the table under its dotted name.
void flatten(const toml::table& table, const std::string& prefix,
             std::map<std::string, const toml::node*>& leaves) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", leaves);
    } else {
      leaves[name] = &node;
    }
  }
}

bool assign(const toml::node& node, std::string& member) {
  const auto value = node.value_exact<std::string>();
  if (value) member = *value;
  return value.has_value();
}
bool assign(const toml::node& node, std::int64_t& member) {
  const auto value = node.value_exact<std::int64_t>();
  if (value) member = *value;
  return value.has_value();
}
bool assign(const toml::node& node, double& member) {
  const auto value = node.value<double>();
  if (value && !node.is_boolean()) member = *value;
  return value.has_value() && !node.is_boolean();
}

const char* type_name(const std::string&) {
  return "a text in quotes";
}
const char* type_name(std::int64_t) {
  return "a whole number";
}
const char* type_name(double) {
  return "a number";
}

[[noreturn]] void fail_with(const Problems& problems, const std::string& where) {
  fail(ErrorKind::usage, "{}: {}", where, join(problems, "\n  "));
}

std::string unknown_key(const std::string& name, const std::vector<std::string>& known) {
  const std::string near = closest(name, known);
  return "unknown key '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?");
}

}  // namespace

void apply_toml(Recipe& recipe, std::string_view text, const std::string& name) {
  const toml::table table = parse_toml(text, name, ErrorKind::usage);
  std::map<std::string, const toml::node*> leaves;
  flatten(table, "", leaves);
  Problems problems;
  std::vector<std::string> known;
  visit_recipe(recipe, [&](const char* key, const char*, const char*, auto& member) {
    known.emplace_back(key);
    const auto found = leaves.find(key);
    if (found == leaves.end()) return;
    if (!assign(*found->second, member))
      problems.push_back(std::string("'") + key + "' must be " + type_name(member));
    leaves.erase(found);
  });
  for (const auto& [key, node] : leaves) problems.push_back(unknown_key(key, known));
  if (!problems.empty()) fail_with(problems, name);
}

void Recipe::validate() const {
  Problems problems;
  const auto demand = [&](bool condition, const char* text) {
    if (!condition) problems.emplace_back(text);
  };
  demand(!objects.empty(), "objects: name an object store (--objects)");
  demand(!imagery.empty(), "imagery: name an imagery catalogue (--imagery)");
  demand(cells >= 0, "select.cells must not be negative");
  demand(cell_deg >= 0.0001 && cell_deg <= 10, "select.cell_deg must lie in 0.0001..10");
  demand(targeted_per_tag >= 0 && targeted_per_tag <= 1'000'000,
         "select.targeted_per_tag must lie in 0..1000000");
  demand(polygon_fit_min_px >= 1 && polygon_fit_min_px <= polygon_fit_max_px,
         "match.polygon_fit_min_px must lie in 1..match.polygon_fit_max_px");
  demand(point_min_px >= 8 && point_min_px <= point_max_px && point_max_px <= 16384,
         "tile.point_min_px must lie in 8..tile.point_max_px, and that in ..16384");
  demand(polygon_min_px >= 8 && polygon_min_px <= polygon_max_px && polygon_max_px <= 16384,
         "tile.polygon_min_px must lie in 8..tile.polygon_max_px, and that in ..16384");
  demand(max_aspect >= 1 && max_aspect <= 100, "tile.max_aspect must lie in 1..100");
  demand(polygon_fit_max_px <= polygon_max_px,
         "match.polygon_fit_max_px must not exceed tile.polygon_max_px");
  demand(polygon_growth >= 1 && polygon_growth <= 100, "tile.polygon_growth must lie in 1..100");
  demand(tile_attempts >= 1 && tile_attempts <= 10'000, "tile.attempts must lie in 1..10000");
  demand(max_nodata >= 0 && max_nodata <= 1, "cut.max_nodata must lie in 0..1");
  demand(min_deviation >= 0 && min_deviation <= 255, "cut.min_deviation must lie in 0..255");
  demand(jpeg_quality >= 1 && jpeg_quality <= 100, "cut.jpeg_quality must lie in 1..100");
  demand(min_neighbour_px >= 0, "caption.min_neighbour_px must not be negative");
  demand(shard_size >= 1 && shard_size <= 1'000'000, "write.shard_size must lie in 1..1000000");
  demand(std::ranges::count(kPatchWords, patch) > 0, "write.patch must be none, beside or instead");
  demand(val_fraction >= 0 && test_fraction >= 0 && val_fraction + test_fraction < 1,
         "split.val and split.test must not be negative and add up to less than 1");
  demand(split_block_deg == 0 || (split_block_deg >= 0.0001 && split_block_deg <= 10),
         "split.block_deg must be 0 or lie in 0.0001..10");
  if (!problems.empty()) fail_with(problems, "the recipe cannot be used");
}

PatchMember Recipe::patches() const {
  return value_of<PatchMember>(patch, kPatchWords, "write.patch");
}

nlohmann::ordered_json recipe_json(const Recipe& recipe) {
  nlohmann::ordered_json json;
  visit_recipe(recipe, [&](const std::string& key, const char*, const char*, const auto& member) {
    json[nlohmann::ordered_json::json_pointer("/" + replace_all(key, ".", "/"))] = member;
  });
  return json;
}

namespace {

std::string toml_value(const std::string& text) {
  return json_text(nlohmann::json(text));
}
std::string toml_value(std::int64_t number) {
  return std::to_string(number);
}
std::string toml_value(double number) {
  const std::string text = format_double(number);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string recipe_toml(const Recipe& recipe) {
  std::string text;
  std::string section;
  visit_recipe(recipe,
               [&](const std::string& key, const char*, const char* help, const auto& member) {
                 const std::size_t dot = key.find('.');
                 const std::string head = dot == std::string::npos ? "" : key.substr(0, dot);
                 if (head != section) text += "\n[" + head + "]\n";
                 section = head;
                 const std::string leaf = dot == std::string::npos ? key : key.substr(dot + 1);
                 text += "# " + std::string(help) + "\n" + leaf + " = " + toml_value(member) + "\n";
               });
  return text;
}

}  // namespace skyglot
