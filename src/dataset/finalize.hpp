// SPDX-License-Identifier: Apache-2.0
// The last step of a build: tables, attribution and the manifest of the whole data set.
#pragma once

#include "dataset/build_folder.hpp"
#include "dataset/plan.hpp"
#include "records/dataset_info.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// A file or folder by its last name, anything else (a URL, an asset) as it is: published files do
/// not tell where something lay on the builder's disk.
[[nodiscard]] std::string portable_name(const std::string& source);

/// Shards of the plan that no task has finished yet.
[[nodiscard]] std::vector<std::int64_t> missing_shards(const Plan& plan, const BuildFolder& folder);

/// Writes pairs.gpkg, pairs.csv, ATTRIBUTION.txt and, as the last, dataset.json; then removes
/// .build. Every shard must be finished. The bytes depend on plan and shards only.
DatasetInfo finalize_dataset(const BuildInputs& inputs, Plan& plan, const BuildFolder& folder,
                             const std::string& fingerprint);

}  // namespace skyglot
