// SPDX-License-Identifier: Apache-2.0
#include "dataset/finalize.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/version.hpp"
#include "dataset/planned_record.hpp"
#include "imagery/summary.hpp"
#include "records/pairs_table.hpp"

#include <map>

namespace skyglot {
namespace {

// Sees every record once: into the tables, and counted.
class RecordTally {
 public:
  RecordTally(const std::filesystem::path& folder, PatchMember patch) : tables_(folder, patch) {}

  void add(const PairRecord& record) {
    tables_.add(record);
    ++info_.objects_selected;
    if (record.is_pair()) {
      ++info_.pairs;
      ++pairs_by_split_[record.split];
    } else {
      ++info_.skipped[record.skip_reason];
    }
  }

  void add_shard(const FinishedShard& shard, Split split, const std::vector<PairRecord>& records) {
    for (const PairRecord& record : records) add(record);
    info_.shards.push_back({shard_name(shard.shard), std::string(to_string(split)), shard.pairs,
                            shard.bytes, shard.sha256});
  }

  // Counts and shards; what the data set came from is for others to say.
  DatasetInfo commit(const Plan& plan) {
    tables_.commit();
    for (const auto& [split, pairs] : pairs_by_split_)
      info_.splits.push_back({std::string(to_string(split)), pairs, shard_range(plan, split)});
    return std::move(info_);
  }

 private:
  // "shards/{000000..000011}.tar"
  static std::string shard_range(const Plan& plan, Split split) {
    std::int64_t first = -1;
    std::int64_t last = -1;
    for (std::size_t i = 0; i < plan.shards().size(); ++i) {
      if (plan.shards()[i].split != split) continue;
      if (first < 0) first = static_cast<std::int64_t>(i);
      last = static_cast<std::int64_t>(i);
    }
    return fmt::format("shards/{{{:06}..{:06}}}.tar", first, last);
  }

  PairsWriter tables_;
  DatasetInfo info_;
  std::map<Split, std::uint64_t> pairs_by_split_;
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

std::vector<CollectionInfo> collection_infos(const ImageryCatalogue& catalogue) {
  std::vector<CollectionInfo> list;
  for (const Collection& c : catalogue.collections)
    list.push_back(
        {c.code, c.name, licence_of(catalogue, c), c.attribution, portable_name(c.source)});
  return list;
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

std::string portable_name(const std::string& source) {
  const std::filesystem::path path(source);
  return path.is_absolute() && !source.starts_with("/vsi") ? path.filename().string() : source;
}

std::vector<std::int64_t> missing_shards(const Plan& plan, const BuildFolder& folder) {
  const auto finished = folder.finished();
  std::vector<std::int64_t> missing;
  for (std::int64_t shard = 0; shard < static_cast<std::int64_t>(plan.shards().size()); ++shard)
    if (!finished.contains(shard)) missing.push_back(shard);
  return missing;
}

DatasetInfo finalize_dataset(const BuildInputs& inputs, Plan& plan, const BuildFolder& folder,
                             const std::string& fingerprint) {
  const auto locks = folder.lock_journals();
  const auto shards = folder.finished();
  expect(shards.size() == plan.shards().size(), "finalize needs every shard");
  RecordTally tally(folder.path(), inputs.recipe.patches());
  for (const auto& [number, shard] : shards)
    tally.add_shard(shard, plan.shards()[static_cast<std::size_t>(number)].split,
                    read_records(folder.records_path(number), shard));
  plan.for_each_skipped([&](const PlannedItem& item) { tally.add(skipped_record(item)); });
  DatasetInfo info = tally.commit(plan);
  const auto store = inputs.open_store();
  info.skyglot_version = version();
  info.fingerprint = fingerprint;
  info.recipe = without_paths(recipe_json(inputs.recipe));
  info.objects = store->metadata();
  info.collections = collection_infos(inputs.catalogue);
  info.scenes = inputs.catalogue.scenes.size();
  info.cells_with_imagery = plan.counts().cells_with_imagery;
  info.cells_drawn = plan.counts().cells_drawn;
  info.rare_tags_targeted = plan.counts().targeted_tags;
  info.objects_matched = plan.counts().items;

  write_file_atomically(folder.path() / "ATTRIBUTION.txt", attribution(inputs, info.objects));
  write_dataset_info(folder.path(), info);
  folder.forget_build();
  return info;
}

}  // namespace skyglot
