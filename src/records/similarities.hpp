// SPDX-License-Identifier: Apache-2.0
// What a model says of the pairs of a data set, kept in its tables.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Cosines of the picture with its captions; not a number where there is no vector.
struct PairSimilarity {
  float title = std::numeric_limits<float>::quiet_NaN();
  float title_multi_objects = std::numeric_limits<float>::quiet_NaN();
};

/// A pair as pairs.csv has it.
struct CaptionRow {
  std::string file;  ///< "shards/000000.tar/key.jpg"
  std::string title;
  std::string title_multi_objects;
};

/// Every row of `folder`/pairs.csv in order, whether it has similarities or not. Throws
/// Error(input) where there is none, Error(format) for one that is none of ours.
void read_caption_rows(const std::filesystem::path& folder,
                       const std::function<void(CaptionRow&&)>& visit);

/// Pairs of a list that keeps the best.
struct KeptList {
  std::string name;        ///< "kept_20.csv"
  std::vector<bool> kept;  ///< by the order of pairs.csv
};

struct SimilarityCut {
  double percent = 0;
  std::uint64_t kept = 0;
  double least = 0;  ///< similarity of the last pair that is kept
  std::string list;  ///< "kept_20.csv"
};

/// What a filter did, as similarity.json says it.
struct SimilaritySummary {
  std::string by;  ///< column of the captions that the lists keep by
  std::uint64_t pairs = 0;
  std::uint64_t unreadable = 0;  ///< pictures without a vector: never kept
  double mean_title = 0;
  double mean_title_multi_objects = 0;
  std::vector<SimilarityCut> cuts;  ///< fewest kept first
  nlohmann::ordered_json about;     ///< what made the vectors
};

void write_similarity_summary(const std::filesystem::path& folder,
                              const SimilaritySummary& summary);
/// Removes it and the lists it names; a damaged one alone.
void remove_similarity_summary(const std::filesystem::path& folder);
/// Nothing where no filter has been. Throws Error(format) for a damaged similarity.json.
[[nodiscard]] std::optional<SimilaritySummary> read_similarity_summary(
    const std::filesystem::path& folder);

/// Fills `similarity` and `similarity_multi_objects` (a column of pairs.csv and pairs.gpkg that
/// this adds) and writes the lists, which have the columns of pairs.csv. Each file whole or not at
/// all, pairs.csv last. One similarity a pair, in order; Error(format) if the tables have another
/// number of pairs.
void write_similarities(const std::filesystem::path& folder,
                        const std::vector<PairSimilarity>& similarities,
                        const std::vector<KeptList>& lists);

}  // namespace skyglot
