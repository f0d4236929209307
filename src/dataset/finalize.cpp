// SPDX-License-Identifier: Apache-2.0
#include "dataset/finalize.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/version.hpp"
#include "dataset/pairs_table.hpp"
#include "imagery/summary.hpp"

#include <numeric>

namespace skyglot {
namespace {

using Json = nlohmann::ordered_json;

// Sees every record once: into the tables, and counted.
class RecordTally {
 public:
  explicit RecordTally(const std::filesystem::path& folder) : tables_(folder) {}

  void add(const PairRecord& record) {
    tables_.add(record);
    ++summary_.selected;
    if (record.is_pair()) {
      ++summary_.pairs;
      ++summary_.pairs_by_split[std::string(to_string(record.split))];
    } else {
      ++summary_.skipped[record.skip_reason];
    }
  }

  void add_shard(const FinishedShard& shard, const std::vector<PairRecord>& records) {
    for (const PairRecord& record : records) add(record);
    ++summary_.shards;
    summary_.bytes += shard.bytes;
  }

  DatasetSummary commit() {
    tables_.commit();
    return std::move(summary_);
  }

 private:
  PairsWriter tables_;
  DatasetSummary summary_;
};

std::string attribution(const BuildInputs& inputs,
                        const std::map<std::string, std::string>& store) {
  std::string text =
      "Map data\n"
      "  Copyright OpenStreetMap contributors, Open Database License (ODbL) 1.0,\n"
      "  https://www.openstreetmap.org/copyright. The tags and captions of this data set are "
      "derived\n"
      "  from that database: share-alike applies to them.\n";
  if (const auto input = store.find("input"); input != store.end())
    text += "  Read from: " + input->second + "\n";
  for (const Collection& collection : inputs.catalogue.collections) {
    text += "\nImagery " + collection.code + ": " + collection.name + "\n";
    const std::string licence = licence_of(inputs.catalogue, collection);
    const std::string stated = stated_licences(inputs.catalogue, collection);
    text += "  Licence: " + (licence.empty() ? "not stated in the catalogue" : licence) + "\n";
    if (!stated.empty() && stated != licence) text += "  Stated by its files: " + stated + "\n";
    if (!collection.attribution.empty()) text += "  Attribution: " + collection.attribution + "\n";
    if (!collection.source.empty()) text += "  Source: " + portable_name(collection.source) + "\n";
  }
  return text;
}

Json shards_json(const Plan& plan, const std::map<std::int64_t, FinishedShard>& shards) {
  Json list = Json::array();
  for (const auto& [number, shard] : shards)
    list.push_back({{"name", shard_name(number)},
                    {"split", to_string(plan.shards[static_cast<std::size_t>(number)].split)},
                    {"pairs", shard.pairs},
                    {"bytes", shard.bytes},
                    {"sha256", shard.sha256}});
  return list;
}

// "shards/{000000..000011}.tar": what WebDataset readers take.
Json splits_json(const Plan& plan, const DatasetSummary& summary) {
  Json splits = Json::object();
  for (const auto& [name, pairs] : summary.pairs_by_split) {
    std::int64_t first = -1;
    std::int64_t last = -1;
    for (std::size_t i = 0; i < plan.shards.size(); ++i) {
      if (to_string(plan.shards[i].split) != name) continue;
      if (first < 0) first = static_cast<std::int64_t>(i);
      last = static_cast<std::int64_t>(i);
    }
    splits[name] = {{"pairs", pairs},
                    {"shards", fmt::format("shards/{{{:06}..{:06}}}.tar", first, last)}};
  }
  return splits;
}

Json collections_json(const ImageryCatalogue& catalogue) {
  Json list = Json::array();
  for (const Collection& c : catalogue.collections)
    list.push_back({{"code", c.code},
                    {"name", c.name},
                    {"licence", licence_of(catalogue, c)},
                    {"attribution", c.attribution},
                    {"source", portable_name(c.source)}});
  return list;
}

Json counts_json(const Plan& plan, const DatasetSummary& summary) {
  Json skipped = Json::object();
  for (const auto& [reason, number] : summary.skipped) skipped[reason] = number;
  return {{"cells_with_imagery", plan.selection.cells_with_imagery},
          {"cells_drawn", plan.selection.cells_drawn},
          {"rare_tags_targeted", plan.selection.targeted_tags},
          {"objects_selected", summary.selected},
          {"objects_matched", plan.items.size()},
          {"pairs", summary.pairs},
          {"skipped", std::move(skipped)}};
}

Json without_paths(Json recipe) {
  // Where the inputs lay does not change the data set; what they are is in "inputs".
  for (const char* key : {"/objects", "/imagery", "/match/labels", "/caption/rules"}) {
    Json& name = recipe[Json::json_pointer(key)];
    // A connection string may hold a password.
    const bool database = name.get<std::string>().starts_with("PG:");
    name = database ? "PG:" : std::filesystem::path(name.get<std::string>()).filename().string();
  }
  return recipe;
}

}  // namespace

std::uint64_t DatasetSummary::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

std::string portable_name(const std::string& source) {
  const std::filesystem::path path(source);
  return path.is_absolute() && !source.starts_with("/vsi") ? path.filename().string() : source;
}

std::vector<std::int64_t> missing_shards(const Plan& plan, const BuildFolder& folder) {
  const auto finished = folder.finished();
  std::vector<std::int64_t> missing;
  for (std::int64_t shard = 0; shard < static_cast<std::int64_t>(plan.shards.size()); ++shard)
    if (!finished.contains(shard)) missing.push_back(shard);
  return missing;
}

DatasetSummary read_summary(const BuildFolder& folder) {
  const auto path = folder.path() / "dataset.json";
  return reading_json(path.string(), "give --overwrite to build it again", [&] {
    const Json manifest = Json::parse(read_file(path));
    DatasetSummary summary;
    summary.selected = manifest.at("counts").at("objects_selected");
    summary.pairs = manifest.at("counts").at("pairs");
    summary.skipped = manifest.at("counts").at("skipped");
    for (const auto& [split, entry] : manifest.at("splits").items())
      summary.pairs_by_split[split] = entry.at("pairs");
    for (const Json& shard : manifest.at("shards")) {
      ++summary.shards;
      summary.bytes += shard.at("bytes").get<std::uint64_t>();
    }
    return summary;
  });
}

DatasetSummary finalize_dataset(const BuildInputs& inputs, const Plan& plan,
                                const BuildFolder& folder, const std::string& fingerprint) {
  const auto locks = folder.lock_journals();
  const auto shards = folder.finished();
  expect(shards.size() == plan.shards.size(), "finalize needs every shard");
  RecordTally tally(folder.path());
  for (const auto& [number, shard] : shards)
    tally.add_shard(shard, read_records(folder.records_path(number), shard));
  for (const PlannedItem& item : plan.skipped) tally.add(skipped_record(item));
  const DatasetSummary summary = tally.commit();
  const auto store = inputs.open_store();

  write_file_atomically(folder.path() / "ATTRIBUTION.txt", attribution(inputs, store->metadata()));
  const Json manifest{{"schema", 1},
                      {"format", "skyglot data set"},
                      {"skyglot", version()},
                      {"fingerprint", fingerprint},
                      {"recipe", without_paths(recipe_json(inputs.recipe))},
                      {"inputs",
                       {{"objects", store->metadata()},
                        {"collections", collections_json(inputs.catalogue)},
                        {"scenes", inputs.catalogue.scenes.size()}}},
                      {"counts", counts_json(plan, summary)},
                      {"splits", splits_json(plan, summary)},
                      {"shards", shards_json(plan, shards)}};
  write_file_atomically(folder.path() / "dataset.json", json_text(manifest, 1) + "\n");
  folder.forget_build();
  return summary;
}

}  // namespace skyglot
