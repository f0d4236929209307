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

/// One a collection, in the catalogue's order.
[[nodiscard]] std::vector<CollectionSummary> summarise(const ImageryCatalogue& catalogue);

}  // namespace skyglot
