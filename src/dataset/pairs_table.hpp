// SPDX-License-Identifier: Apache-2.0
// The tables of a data set: pairs.gpkg for maps and pairs.csv for training programs.
#pragma once

#include "dataset/pair_record.hpp"

#include <filesystem>
#include <functional>
#include <vector>

namespace skyglot {

/// One row a record; pairs have their tile's outline, skipped objects the middle of their bounding
/// box.
void write_pairs_gpkg(const std::filesystem::path& path, const std::vector<PairRecord>& records);
/// filepath,title,title_multi_objects,similarity of the pairs; filepath is
/// "shards/000000.tar/key.jpg", similarity is empty until 'filter' fills it.
void write_pairs_csv(const std::filesystem::path& path, const std::vector<PairRecord>& records);
/// Every row of pairs.gpkg in order. Throws Error.
void read_pairs_gpkg(const std::filesystem::path& path,
                     const std::function<void(PairRecord&&)>& visit);

}  // namespace skyglot
