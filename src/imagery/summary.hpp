// SPDX-License-Identifier: Apache-2.0
// What a catalogue holds, in numbers.
#pragma once

#include "imagery/catalogue.hpp"

#include <string>
#include <vector>

namespace skyglot {

struct CollectionSummary {
  std::string code;
  std::size_t scenes = 0;
  double min_gsd_m = 0;
  double max_gsd_m = 0;
  std::string first_date;  ///< "" if no scene has one
  std::string last_date;
  double area_km2 = 0;  ///< of the scenes' footprints, overlaps counted twice
  Box extent_lonlat;
};

/// What the scenes of a collection say of their licence themselves, each text once, in order,
/// between semicolons; at most ten, then how many more. "" if none says anything.
[[nodiscard]] std::string stated_licences(const ImageryCatalogue& catalogue,
                                          const Collection& collection);

/// The licence of a collection, else stated_licences.
[[nodiscard]] std::string licence_of(const ImageryCatalogue& catalogue,
                                     const Collection& collection);

/// One a collection, in the catalogue's order.
[[nodiscard]] std::vector<CollectionSummary> summarise(const ImageryCatalogue& catalogue);

}  // namespace skyglot
