// SPDX-License-Identifier: Apache-2.0
#include "report/dataset_info.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

void demand_dataset(const fs::path& folder) {
  const std::string name = folder.string();
  if (!fs::is_directory(folder)) fail(ErrorKind::input, "{}: there is no such folder", name);
  if (!fs::exists(folder / "dataset.json")) {
    if (fs::exists(folder / ".build"))
      fail(
          ErrorKind::input,
          "{} holds a build that is not finished (no dataset.json): run its 'skyglot build' again, "
          "or 'skyglot merge' when all of its tasks are done",
          name);
    fail(ErrorKind::input,
         "{} holds no data set (no dataset.json); make one with 'skyglot build --objects "
         "objects.gpkg --imagery imagery.gpkg --output {}'",
         name, name);
  }
  if (!fs::exists(folder / "pairs.gpkg"))
    fail(ErrorKind::input,
         "{} has lost its pairs.gpkg; make the data set again with 'skyglot build ... --output {} "
         "--overwrite'",
         name, name);
}

CollectionInfo collection_of(const Json& json) {
  return {json.at("code"), json.at("name"), json.at("licence"), json.at("attribution"),
          json.at("source")};
}

ShardInfo shard_of(const Json& json) {
  return {json.at("name"), json.at("split"), json.at("pairs"), json.at("bytes"), json.at("sha256")};
}

void read_counts(const Json& counts, DatasetInfo& info) {
  info.cells_with_imagery = counts.at("cells_with_imagery");
  info.cells_drawn = counts.at("cells_drawn");
  info.rare_tags_targeted = counts.at("rare_tags_targeted");
  info.objects_selected = counts.at("objects_selected");
  info.objects_matched = counts.at("objects_matched");
  info.pairs = counts.at("pairs");
  info.skipped = counts.at("skipped").get<std::map<std::string, std::uint64_t>>();
}

void read_inputs(const Json& inputs, DatasetInfo& info) {
  info.objects = inputs.at("objects").get<std::map<std::string, std::string>>();
  for (const Json& json : inputs.at("collections")) info.collections.push_back(collection_of(json));
  info.scenes = inputs.at("scenes");
}

// In the order train, val, test; others after them.
void read_splits(const Json& splits, DatasetInfo& info) {
  const auto add = [&](const std::string& name, const Json& json) {
    info.splits.push_back({name, json.at("pairs"), json.at("shards")});
  };
  constexpr std::array kKnown{"train", "val", "test"};
  for (const char* name : kKnown)
    if (splits.contains(name)) add(name, splits.at(name));
  for (const auto& [name, json] : splits.items())
    if (std::ranges::find(kKnown, name) == kKnown.end()) add(name, json);
}

DatasetInfo info_of(const Json& json, const std::string& name) {
  if (json.at("schema") != kSchema)
    fail(ErrorKind::format, "{}: schema {} is not one this skyglot knows", name,
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
  std::uint64_t sum = 0;
  for (const ShardInfo& shard : shards) sum += shard.bytes;
  return sum;
}

DatasetInfo read_dataset_info(const fs::path& folder) {
  demand_dataset(folder);
  const fs::path file = folder / "dataset.json";
  try {
    return info_of(Json::parse(read_file(file)), file.string());
  } catch (const Json::exception& error) {
    fail(ErrorKind::format,
         "{}: damaged ({}); make the data set again with 'skyglot build ... --overwrite'",
         file.string(), error.what());
  }
}

}  // namespace skyglot
