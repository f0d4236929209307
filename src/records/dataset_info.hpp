// SPDX-License-Identifier: Apache-2.0
// dataset.json: what a data set says of itself. Written and read here only.
#pragma once

#include "records/members.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

struct CollectionInfo {
  std::string code, name, licence, attribution, source;
};

struct ShardInfo {
  std::string name;  ///< "shards/000000.tar": inside the folder, also when it was read
  std::string split;
  std::uint64_t pairs = 0;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct SplitInfo {
  std::string name;
  std::uint64_t pairs = 0;
  std::string shards;  ///< "shards/{000000..000003}.tar": what WebDataset readers take
};

struct DatasetInfo {
  std::string skyglot_version;
  std::string fingerprint;  ///< of recipe and inputs
  nlohmann::ordered_json recipe;
  std::map<std::string, std::string> objects;  ///< metadata of the object store
  std::vector<CollectionInfo> collections;
  std::uint64_t scenes = 0;
  std::uint64_t cells_with_imagery = 0;
  std::uint64_t cells_drawn = 0;
  std::uint64_t rare_tags_targeted = 0;
  std::uint64_t objects_selected = 0;
  std::uint64_t objects_matched = 0;
  std::uint64_t pairs = 0;
  std::map<std::string, std::uint64_t> skipped;  ///< by reason
  std::vector<SplitInfo> splits;                 ///< read: train, val, test, then any others
  std::vector<ShardInfo> shards;

  [[nodiscard]] std::uint64_t bytes() const;  ///< of the shards
  [[nodiscard]] std::uint64_t skipped_total() const;
  /// What the recipe asked for. Throws Error(format) for a word that is none.
  [[nodiscard]] PatchMember patches() const;
};

/// "shards/000012.tar".
[[nodiscard]] std::string shard_name(std::int64_t shard);

/// The text of dataset.json; depends on the values only.
[[nodiscard]] std::string dataset_info_text(const DatasetInfo& info);
/// Takes such a text apart; `name` is for messages. Throws Error(format) if it is damaged, of
/// another schema, or names a shard outside the folder.
[[nodiscard]] DatasetInfo parse_dataset_info(std::string_view text, const std::string& name);

/// Gives `folder` its dataset.json, whole or not at all. Throws Error(io).
void write_dataset_info(const std::filesystem::path& folder, const DatasetInfo& info);
/// Reads `folder`/dataset.json. Throws Error(input) that names what is missing and the command that
/// makes it, Error(format) as parse_dataset_info() does.
[[nodiscard]] DatasetInfo read_dataset_info(const std::filesystem::path& folder);

/// The fingerprint of the data set in `folder`, whatever else its dataset.json says ("" if that
/// part is damaged); nothing where there is no dataset.json of ours.
[[nodiscard]] std::optional<std::string> dataset_fingerprint(const std::filesystem::path& folder);

}  // namespace skyglot
