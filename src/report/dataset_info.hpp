// SPDX-License-Identifier: Apache-2.0
// What dataset.json says about a data set, as plain values.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

struct CollectionInfo {
  std::string code, name, licence, attribution, source;
};

struct ShardInfo {
  std::string name;  ///< "shards/000000.tar"
  std::string split;
  std::uint64_t pairs = 0;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct SplitInfo {
  std::string name;
  std::uint64_t pairs = 0;
  std::string shards;  ///< "shards/{000000..000003}.tar"
};

struct DatasetInfo {
  std::string skyglot_version;
  std::string fingerprint;
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
  std::map<std::string, std::uint64_t> skipped;
  std::vector<SplitInfo> splits;
  std::vector<ShardInfo> shards;

  [[nodiscard]] std::uint64_t bytes() const;
};

/// Reads `folder`/dataset.json and looks for pairs.gpkg. Throws Error(input) that names what is
/// missing and the command that makes it, Error(format) if the file is damaged.
[[nodiscard]] DatasetInfo read_dataset_info(const std::filesystem::path& folder);

}  // namespace skyglot
