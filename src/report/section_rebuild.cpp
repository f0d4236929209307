// SPDX-License-Identifier: Apache-2.0
// The recipe and the hashes: how to make the same data set again and how to know that it is.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "records/recipe.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace skyglot {
namespace {

constexpr std::size_t kMostShards = 200;

std::string json_text(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json value_at(const Json& recipe, std::string key) {
  std::ranges::replace(key, '.', '/');
  const Json::json_pointer pointer("/" + key);
  return recipe.contains(pointer) ? recipe.at(pointer) : Json();
}

// For a POSIX shell.
std::string quoted(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:=,+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

struct RecipeRow {
  std::string key, flag, help;
  Json value, standard;
};

std::vector<RecipeRow> recipe_rows(const Json& recipe) {
  const Recipe defaults;
  const Json standard = recipe_json(defaults);
  std::vector<RecipeRow> rows;
  visit_recipe(defaults, [&](const char* key, const char* flag, const char* help, const auto&) {
    rows.push_back({key, flag, help, value_at(recipe, key), value_at(standard, key)});
  });
  return rows;
}

std::string build_command(const std::vector<RecipeRow>& rows) {
  std::string command = "skyglot build";
  for (const RecipeRow& row : rows)
    if (!row.value.is_null() && row.value != row.standard)
      command += " " + row.flag + " " + quoted(json_text(row.value));
  return command + " --output dataset/";
}

std::string recipe_table(const std::vector<RecipeRow>& rows) {
  Table table{"Every key of the recipe", {{"Key"}, {"Value"}, {"What it is"}}, {}};
  for (const RecipeRow& row : rows) {
    const std::string value = row.value.is_null() || json_text(row.value).empty()
                                  ? "<span class=\"note\">built in</span>"
                                  : data_html(json_text(row.value));
    table.rows.push_back({"<code>" + row.key + "</code>",
                          row.value == row.standard ? value : "<strong>" + value + "</strong>",
                          escape_html(row.help)});
  }
  return table_html(table);
}

std::string input_table(const DatasetInfo& info) {
  Table table{"The map it was read from", {{"Fact"}, {"Value"}}, {}};
  for (const auto& [name, value] : info.objects)
    table.rows.push_back({data_html(name), data_html(value)});
  return table_html(table);
}

std::string shard_table(const DatasetInfo& info) {
  const std::size_t shown = std::min(info.shards.size(), kMostShards);
  Table table{
      shown < info.shards.size() ? fmt::format("The first {} shards; dataset.json has all", shown)
                                 : std::string("The shards"),
      {{"Shard"}, {"Split"}, {"Pairs", CellKind::number}, {"Size", CellKind::number}, {"SHA-256"}},
      {}};
  for (std::size_t i = 0; i < shown; ++i) {
    const ShardInfo& shard = info.shards[i];
    table.rows.push_back({data_html(shard.name), data_html(shard.split), format_count(shard.pairs),
                          format_bytes(shard.bytes),
                          "<code class=\"hash\">" + data_html(shard.sha256) + "</code>"});
  }
  return table_html(table);
}

}  // namespace

Section rebuild_section(const ReportContent& content) {
  const DatasetInfo& info = content.info;
  const auto rows = recipe_rows(info.recipe);
  return {"rebuild", "How to build it again",
          fill_template("report_rebuild",
                        {{"version", data_html(info.skyglot_version)},
                         {"command", build_command(rows)},
                         {"fingerprint", data_html(info.fingerprint)},
                         {"recipe", recipe_table(rows)},
                         {"map", shown_if(!info.objects.empty(), {{"table", input_table(info)}})},
                         {"shards", shard_table(info)}})};
}

}  // namespace skyglot
