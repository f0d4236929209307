// SPDX-License-Identifier: Apache-2.0
// The output folder of a build: what it holds, whose it is, and what of it is finished.
#pragma once

#include "dataset/pair_record.hpp"
#include "dataset/plan.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

/// What the journal knows of a finished shard.
struct FinishedShard {
  std::int64_t shard = 0;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t pairs = 0;
};

/// Layout while a build runs:
///   .build/build.json            fingerprint of recipe and inputs
///   .build/journal-1-of-3.jsonl  one checked line for each shard that task has finished
///   .build/000000.jsonl          the records of that shard
///   shards/000000.tar
/// When all is done pairs.gpkg, pairs.csv and ATTRIBUTION.txt appear, dataset.json as the last, and
/// .build goes away.
class BuildFolder {
 public:
  /// Makes or enters the folder. Throws Error(input) if it holds something else, or a build with
  /// another fingerprint, unless `overwrite` (which removes what a build wrote and nothing more).
  BuildFolder(std::filesystem::path folder, const std::string& fingerprint, bool overwrite);

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// Whether dataset.json is there with this fingerprint.
  [[nodiscard]] bool complete() const;
  [[nodiscard]] std::filesystem::path shard_path(std::int64_t shard) const;
  [[nodiscard]] std::filesystem::path records_path(std::int64_t shard) const;
  [[nodiscard]] std::filesystem::path journal_path(int task, int tasks) const;
  /// By shard number, from the journals of all tasks. A line whose tar or records are missing, or
  /// have another size, does not count.
  [[nodiscard]] std::map<std::int64_t, FinishedShard> finished() const;
  /// Removes .build and the temporary files of killed runs.
  void forget_build() const;

 private:
  void enter(const std::string& fingerprint);
  std::filesystem::path folder_;
  std::string fingerprint_;
};

/// "shards/000012.tar".
[[nodiscard]] std::string shard_name(std::int64_t shard);

void write_records(const std::filesystem::path& path, const std::vector<PairRecord>& records);
[[nodiscard]] std::vector<PairRecord> read_records(const std::filesystem::path& path);

}  // namespace skyglot
