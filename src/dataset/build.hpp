// SPDX-License-Identifier: Apache-2.0
// Building a data set from beginning to end, alone or as one of many tasks.
#pragma once

#include "dataset/finalize.hpp"
#include "records/recipe.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// This process's share of a job array.
struct TaskShare {
  int task = 1;
  int tasks = 1;
};

/// "2/5" -> {2, 5}. Throws Error(usage).
[[nodiscard]] TaskShare parse_task(std::string_view text);
/// The share that Slurm's job array variables name, if they are set. Throws Error(usage) if the
/// array is not one run of numbers (a step, a list).
[[nodiscard]] std::optional<TaskShare> task_from_slurm();

struct BuildOptions {
  std::filesystem::path output;
  bool overwrite = false;
  int threads = 1;
  std::uint64_t memory = std::uint64_t{2} << 30;
  TaskShare share;
};

/// Opens everything that the recipe names. Throws Error.
[[nodiscard]] BuildInputs open_inputs(const Recipe& recipe);

/// Hash of all that decides the bytes of a data set: recipe, map, imagery, labels, rules, version.
[[nodiscard]] std::string build_fingerprint(const BuildInputs& inputs);

struct BuildResult {
  bool complete = false;           ///< dataset.json is written
  bool was_complete = false;       ///< there was nothing left to do
  std::size_t items_written = 0;   ///< by this call
  std::size_t shards_missing = 0;  ///< of other tasks
  DatasetInfo info;                ///< if complete
};

/// Plans, writes this task's shards and, when it is alone, the tables and dataset.json. A run that
/// was killed goes on after its last whole shard and ends in the same bytes.
[[nodiscard]] BuildResult build_dataset(const BuildInputs& inputs, const BuildOptions& options);

/// Joins what the tasks wrote. Throws Error(input) that names missing shards.
[[nodiscard]] BuildResult merge_dataset(const BuildInputs& inputs, const BuildOptions& options);

/// What a build would do.
struct DryRun {
  PlanCounts counts;
  std::size_t shards = 0;
  std::map<std::string, std::uint64_t> items_by_split;
  std::map<std::string, std::uint64_t> items_by_collection;
  std::uint64_t expected_pairs = 0;  ///< from a sample of pictures that were cut and thrown away
  std::uint64_t expected_bytes = 0;
  std::size_t sampled = 0;
};
/// Uses the options' threads and memory; writes nothing that stays.
[[nodiscard]] DryRun dry_run(const BuildInputs& inputs, const BuildOptions& options);

}  // namespace skyglot
