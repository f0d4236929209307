// SPDX-License-Identifier: Apache-2.0
// Adding scenes to a catalogue: what every source of scenes does alike.
#pragma once

#include "imagery/catalogue.hpp"
#include "imagery/stretch.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// What the user says about a collection; what is not given stays as it is in the catalogue.
struct CollectionOptions {
  std::string code;  ///< two letters or digits
  std::optional<std::string> name;
  std::optional<std::string> licence;
  std::optional<std::string> attribution;
  std::optional<double> gsd_m;
  std::vector<std::string> bands;  ///< numbers or names; empty: see choose_bands
  StretchRule stretch;
  bool restretch = false;  ///< work out a stretch again that the catalogue has already

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// What became of the items that a source offered.
struct CatalogueCounts {
  std::size_t added = 0;
  std::size_t updated = 0;                     ///< were in the catalogue already
  std::map<std::string, std::size_t> skipped;  ///< by reason

  [[nodiscard]] std::size_t skipped_total() const;
};

/// Puts `found` into the collection `options.code`, which is made from `options` if it is new. A
/// scene with the same name for GDAL is replaced. Scenes whose bands or sample type differ from the
/// collection's are skipped ("other_bands", "other_type"). Then scenes are sorted by collection and
/// GDAL name, numbered from 1, and the collection gets its stretch. `source` is kept as the
/// collection's source. Throws Error(input) if a band of the collection is nowhere.
void add_scenes(ImageryCatalogue& catalogue, const CollectionOptions& options,
                const std::string& source, std::vector<Scene> found, CatalogueCounts& counts);

/// The catalogue at `path`, or an empty one where there is none or it is to be replaced. Throws
/// Error(input) where no catalogue could be written there: fail before the work, not after it.
[[nodiscard]] ImageryCatalogue catalogue_to_extend(const std::filesystem::path& path,
                                                   bool overwrite);

}  // namespace skyglot
