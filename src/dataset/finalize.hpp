// SPDX-License-Identifier: Apache-2.0
// The last step of a build: tables, attribution and the manifest of the whole data set.
#pragma once

#include "dataset/build_folder.hpp"
#include "dataset/plan.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace skyglot {

struct DatasetSummary {
  std::uint64_t selected = 0;
  std::uint64_t pairs = 0;
  std::map<std::string, std::uint64_t> skipped;  ///< by reason
  std::map<std::string, std::uint64_t> pairs_by_split;
  std::uint64_t shards = 0;
  std::uint64_t bytes = 0;  ///< of the shards

  [[nodiscard]] std::uint64_t skipped_total() const;
};

/// A file or folder by its last name, anything else (a URL, an asset) as it is: published files do
/// not tell where something lay on the builder's disk.
[[nodiscard]] std::string portable_name(const std::string& source);

/// Shards of the plan that no task has finished yet.
[[nodiscard]] std::vector<std::int64_t> missing_shards(const Plan& plan, const BuildFolder& folder);

/// The summary that dataset.json holds. Throws Error(format) if it is damaged.
[[nodiscard]] DatasetSummary read_summary(const BuildFolder& folder);

/// Writes pairs.gpkg, pairs.csv, ATTRIBUTION.txt and, as the last, dataset.json; then removes
/// .build. Every shard must be finished. The bytes depend on plan and shards only.
DatasetSummary finalize_dataset(const BuildInputs& inputs, const Plan& plan,
                                const BuildFolder& folder, const std::string& fingerprint);

}  // namespace skyglot
