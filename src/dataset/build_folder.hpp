// SPDX-License-Identifier: Apache-2.0
// The output folder of a build: what it holds, whose it is, and what of it is finished.
#pragma once

#include "base/file_lock.hpp"
#include "records/pair_record.hpp"

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
  std::uint64_t items = 0;  ///< records, skipped ones too
  std::string records_sha256;
};

/// How a folder is entered.
enum class FolderUse {
  resume,     ///< made if missing, gone on with if begun
  overwrite,  ///< what a build wrote into it is removed, and nothing more
  existing,   ///< must have been begun
};

/// Layout while a build runs:
///   .build/build.json            fingerprint of recipe and inputs
///   .build/plan.sqlite           what is to be done, the same for all tasks (dataset/plan.hpp)
///   .build/journal-1-of-3.jsonl  one checked line for each shard that task has finished
///   .build/000000.jsonl          the records of that shard
///   shards/000000.tar
/// When all is done pairs.gpkg, pairs.csv and ATTRIBUTION.txt appear, dataset.json as the last, and
/// .build goes away.
class BuildFolder {
 public:
  /// Throws Error(input) if the folder holds something else, or a build with another fingerprint.
  BuildFolder(std::filesystem::path folder, const std::string& fingerprint, FolderUse use);

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// Whether dataset.json is there with this fingerprint.
  [[nodiscard]] bool complete() const;
  [[nodiscard]] std::filesystem::path plan_path() const;
  [[nodiscard]] std::filesystem::path shard_path(std::int64_t shard) const;
  [[nodiscard]] std::filesystem::path records_path(std::int64_t shard) const;
  [[nodiscard]] std::filesystem::path journal_path(int task, int tasks) const;
  /// By shard number, from the journals of all tasks. A line whose tar or records are missing, or
  /// have another size, does not count.
  [[nodiscard]] std::map<std::int64_t, FinishedShard> finished() const;
  /// Locks every journal. Throws Error(input) while another task is at work.
  [[nodiscard]] std::vector<FileLock> lock_journals() const;
  /// Removes .build and the temporary files of killed runs; no task may be at work.
  void forget_build() const;

 private:
  [[nodiscard]] bool is_ours() const;
  void start_over() const;
  void demand_same_fingerprint() const;
  void mark() const;
  std::filesystem::path folder_;
  std::string fingerprint_;
};

/// Writes the records of one shard; returns the SHA-256 of the file.
std::string write_records(const std::filesystem::path& path,
                          const std::vector<PairRecord>& records);
/// Throws Error(format) if the file is not the one that `shard` speaks of.
[[nodiscard]] std::vector<PairRecord> read_records(const std::filesystem::path& path,
                                                   const FinishedShard& shard);

}  // namespace skyglot
