// SPDX-License-Identifier: Apache-2.0
// The tables of a data set: pairs.gpkg for maps and pairs.csv for training programs.
#pragma once

#include "records/members.hpp"
#include "records/pair_record.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace skyglot {

/// Column that 'filter' adds to both tables.
inline constexpr const char* kMultiSimilarity = "similarity_multi_objects";

/// Writes both tables record by record. One row of pairs.gpkg a record: pairs have their tile's
/// outline and their split, skipped objects the middle of their bounding box and no split.
/// pairs.csv has the pairs only: filepath,title,title_multi_objects,similarity with filepath
/// "shards/000000.tar/key.jpg" (or key.tif, where patches stand instead of pictures) and an empty
/// similarity until 'filter' fills it.
class PairsWriter {
 public:
  explicit PairsWriter(const std::filesystem::path& folder, PatchMember patch = PatchMember::none);
  ~PairsWriter();
  void add(const PairRecord& record);
  /// Gives both files their names. Throws Error(io) or Error(resource).
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A PairsWriter fed with all of `records`.
void write_pairs(const std::filesystem::path& folder, const std::vector<PairRecord>& records);
/// Every row of pairs.gpkg in order. Throws Error.
void read_pairs_gpkg(const std::filesystem::path& path,
                     const std::function<void(PairRecord&&)>& visit);

}  // namespace skyglot
