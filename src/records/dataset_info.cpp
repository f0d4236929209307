// SPDX-License-Identifier: Apache-2.0
#include "records/dataset_info.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr int kSchema = 1;
constexpr const char* kFormat = "skyglot data set";
constexpr const char* kFile = "dataset.json";
constexpr const char* kRemedy = "make the data set again with 'skyglot build ... --overwrite'";

void demand_dataset(const fs::path& folder) {
  const std::string name = folder.string();
  if (!fs::is_directory(folder)) fail(ErrorKind::input, "{}: there is no such folder", name);
  if (fs::exists(folder / kFile)) return;
  if (fs::exists(folder / ".build"))
    fail(ErrorKind::input,
         "{} holds a build that is not finished (no dataset.json): run its 'skyglot build' again, "
         "or 'skyglot merge' when all of its tasks are done",
         name);
  fail(ErrorKind::input,
       "{} holds no data set (no dataset.json); make one with 'skyglot build --objects "
       "objects.gpkg --imagery imagery.gpkg --output {}'",
       name, name);
}

std::uint64_t natural(const Json& json, const char* key) {
  const Json& value = json.at(key);
  if (!value.is_number_unsigned())
    fail(ErrorKind::format, "\"{}\" is {} where a number from 0 on must stand", key, value.dump());
  return value.get<std::uint64_t>();
}

// The file may have been tampered with, and what it names is opened.
void demand_inside(const std::string& name) {
  const auto parts = split(name, '/');
  if (name.empty() || name.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
    fail(ErrorKind::format, "shard '{}' lies outside the folder", name);
}

CollectionInfo collection_of(const Json& json) {
  return {json.at("code"), json.at("name"), json.at("licence"), json.at("attribution"),
          json.at("source")};
}

Json collection_json(const CollectionInfo& c) {
  return {{"code", c.code},
          {"name", c.name},
          {"licence", c.licence},
          {"attribution", c.attribution},
          {"source", c.source}};
}

ShardInfo shard_of(const Json& json) {
  ShardInfo shard{json.at("name"), json.at("split"), natural(json, "pairs"), natural(json, "bytes"),
                  json.at("sha256")};
  demand_inside(shard.name);
  return shard;
}

Json shard_json(const ShardInfo& s) {
  return {{"name", s.name},
          {"split", s.split},
          {"pairs", s.pairs},
          {"bytes", s.bytes},
          {"sha256", s.sha256}};
}

void read_counts(const Json& counts, DatasetInfo& info) {
  info.cells_with_imagery = natural(counts, "cells_with_imagery");
  info.cells_drawn = natural(counts, "cells_drawn");
  info.rare_tags_targeted = natural(counts, "rare_tags_targeted");
  info.objects_selected = natural(counts, "objects_selected");
  info.objects_matched = natural(counts, "objects_matched");
  info.pairs = natural(counts, "pairs");
  for (const auto& [reason, count] : counts.at("skipped").items())
    info.skipped[reason] = natural(counts.at("skipped"), reason.c_str());
}

Json counts_json(const DatasetInfo& info) {
  Json skipped = Json::object();
  for (const auto& [reason, number] : info.skipped) skipped[reason] = number;
  return {{"cells_with_imagery", info.cells_with_imagery},
          {"cells_drawn", info.cells_drawn},
          {"rare_tags_targeted", info.rare_tags_targeted},
          {"objects_selected", info.objects_selected},
          {"objects_matched", info.objects_matched},
          {"pairs", info.pairs},
          {"skipped", std::move(skipped)}};
}

void read_inputs(const Json& inputs, DatasetInfo& info) {
  info.objects = inputs.at("objects").get<std::map<std::string, std::string>>();
  for (const Json& json : inputs.at("collections")) info.collections.push_back(collection_of(json));
  info.scenes = natural(inputs, "scenes");
}

Json inputs_json(const DatasetInfo& info) {
  Json collections = Json::array();
  for (const CollectionInfo& c : info.collections) collections.push_back(collection_json(c));
  return {
      {"objects", info.objects}, {"collections", std::move(collections)}, {"scenes", info.scenes}};
}

// In the order train, val, test; others after them.
void read_splits(const Json& splits, DatasetInfo& info) {
  const auto add = [&](const std::string& name, const Json& json) {
    info.splits.push_back({name, natural(json, "pairs"), json.at("shards")});
  };
  constexpr std::array kKnown{"train", "val", "test"};
  for (const char* name : kKnown)
    if (splits.contains(name)) add(name, splits.at(name));
  for (const auto& [name, json] : splits.items())
    if (std::ranges::find(kKnown, name) == kKnown.end()) add(name, json);
}

// Sorted by name, whatever order the values came in.
Json splits_json(const DatasetInfo& info) {
  std::map<std::string, Json> sorted;
  for (const SplitInfo& s : info.splits)
    sorted[s.name] = {{"pairs", s.pairs}, {"shards", s.shards}};
  return sorted.empty() ? Json::object() : Json(sorted);
}

Json shards_json(const DatasetInfo& info) {
  Json list = Json::array();
  for (const ShardInfo& shard : info.shards) list.push_back(shard_json(shard));
  return list;
}

DatasetInfo info_of(const Json& json) {
  if (json.at("format") != kFormat)
    fail(ErrorKind::format, "its format is {}, not \"{}\"", json.at("format").dump(), kFormat);
  if (json.at("schema") != kSchema)
    fail(ErrorKind::format, "schema {} is not one that this skyglot knows",
         json.at("schema").dump());
  DatasetInfo info;
  info.skyglot_version = json.at("skyglot");
  info.fingerprint = json.at("fingerprint");
  info.recipe = json.at("recipe");
  read_inputs(json.at("inputs"), info);
  read_counts(json.at("counts"), info);
  read_splits(json.at("splits"), info);
  for (const Json& shard : json.at("shards")) info.shards.push_back(shard_of(shard));
  return info;
}

}  // namespace

std::uint64_t DatasetInfo::bytes() const {
  return std::accumulate(shards.begin(), shards.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const ShardInfo& s) { return sum + s.bytes; });
}

PatchMember DatasetInfo::patches() const {
  const Json::json_pointer key("/write/patch");
  if (!recipe.contains(key)) return PatchMember::none;
  const Json& word = recipe.at(key);
  if (const auto patch =
          find_value<PatchMember>(word.is_string() ? word.get<std::string>() : "", kPatchWords))
    return *patch;
  fail(ErrorKind::format,
       "{}: the recipe's write.patch is {}, which this version does not know; {}", kFile,
       word.dump(), kRemedy);
}

std::uint64_t DatasetInfo::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

std::string shard_name(std::int64_t shard) {
  return fmt::format("shards/{:06}.tar", shard);
}

std::string dataset_info_text(const DatasetInfo& info) {
  return json_text(Json{{"schema", kSchema},
                        {"format", kFormat},
                        {"skyglot", info.skyglot_version},
                        {"fingerprint", info.fingerprint},
                        {"recipe", info.recipe},
                        {"inputs", inputs_json(info)},
                        {"counts", counts_json(info)},
                        {"splits", splits_json(info)},
                        {"shards", shards_json(info)}},
                   1) +
         "\n";
}

DatasetInfo parse_dataset_info(std::string_view text, const std::string& name) {
  return reading_json(name, kRemedy, [&] {
    try {
      return info_of(parse_json<Json>(text));
    } catch (const Error& error) {
      fail(error.kind(), "{}: {}; {}", name, error.what(), kRemedy);
    }
  });
}

void write_dataset_info(const fs::path& folder, const DatasetInfo& info) {
  write_file_atomically(folder / kFile, dataset_info_text(info));
}

DatasetInfo read_dataset_info(const fs::path& folder) {
  demand_dataset(folder);
  return parse_dataset_info(read_file(folder / kFile), (folder / kFile).string());
}

std::optional<std::string> dataset_fingerprint(const fs::path& folder) {
  if (!fs::is_regular_file(folder / kFile)) return std::nullopt;
  const auto json = nlohmann::json::parse(read_file(folder / kFile), nullptr, false);
  if (!json.is_object() || json.value("format", nlohmann::json()) != kFormat) return std::nullopt;
  const auto found = json.find("fingerprint");
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace skyglot
