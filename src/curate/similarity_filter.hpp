// SPDX-License-Identifier: Apache-2.0
// Which pairs of a data set belong together, told by the cosine of picture and caption: the last
// step of SkyScript (Wang et al. 2024, section 3.4).
#pragma once

#include "embed/embed.hpp"
#include "records/similarities.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

struct SimilarityFilter {
  std::filesystem::path dataset;
  std::vector<double> keep{20, 30, 50};  ///< percent of the pairs, one list each
  bool by_multi = false;                 ///< keep by the caption of several objects
  nlohmann::ordered_json about;          ///< what makes the vectors: see EmbedJob
  std::int64_t columns = 0;              ///< width of the vectors
  EmbedOptions embed;
  bool overwrite = false;  ///< embed anew what an earlier run had embedded

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct FilteredPairs {
  SimilaritySummary summary;
  std::uint64_t resumed = 0;  ///< pictures that an earlier run had embedded
};

/// Embeds pictures and captions of a data set (vectors stand under similarity/ in its folder, where
/// an interrupted run is taken up), fills the columns of its tables and writes the kept lists and
/// similarity.json. Ties are cut in the order of the pairs. Throws Error(input) where it has no
/// pairs or no captions, as run_picture_job() and write_similarities() do.
[[nodiscard]] FilteredPairs filter_by_similarity(const SimilarityFilter& filter,
                                                 const PictureModel& pictures,
                                                 const TextModel& texts);

/// "kept_20.csv", "kept_12.5.csv".
[[nodiscard]] std::string kept_list_name(double percent);

}  // namespace skyglot
