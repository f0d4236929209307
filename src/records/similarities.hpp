// SPDX-License-Identifier: Apache-2.0
// What a model says of the pairs of a data set, kept in its tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace skyglot {

/// Cosines of the picture with its captions; not a number where there is no vector.
struct PairSimilarity {
  float title = std::numeric_limits<float>::quiet_NaN();
  float title_multi_objects = std::numeric_limits<float>::quiet_NaN();
};

/// A pair as pairs.csv has it.
struct PairRow {
  std::string file;  ///< "shards/000000.tar/key.jpg"
  std::string title;
  std::string title_multi_objects;
};

/// Every row of `folder`/pairs.csv in order, whether it has similarities or not. Throws
/// Error(input) where there is none, Error(format) for one that is none of ours.
void read_pair_rows(const std::filesystem::path& folder,
                    const std::function<void(PairRow&&)>& visit);

/// Pairs of a list that keeps the best.
struct KeptList {
  std::string name;        ///< "kept_20.csv"
  std::vector<bool> kept;  ///< by the order of pairs.csv
};

/// Fills `similarity` and `similarity_multi_objects` (a column of pairs.csv and pairs.gpkg that
/// this adds) and writes the lists, which have the columns of pairs.csv. Each file whole or not at
/// all, pairs.csv last. One similarity a pair, in order; Error(format) if the tables have another
/// number of pairs.
void write_similarities(const std::filesystem::path& folder,
                        const std::vector<PairSimilarity>& similarities,
                        const std::vector<KeptList>& lists);

}  // namespace skyglot
