// SPDX-License-Identifier: Apache-2.0
#include "imagery/summary.hpp"

#include "imagery/footprint.hpp"

#include <algorithm>

namespace skyglot {
namespace {

void add(CollectionSummary& summary, const Scene& scene) {
  summary.min_gsd_m = summary.scenes == 0 ? scene.gsd_m : std::min(summary.min_gsd_m, scene.gsd_m);
  summary.max_gsd_m = std::max(summary.max_gsd_m, scene.gsd_m);
  ++summary.scenes;
  summary.area_km2 += ground_area_m2(scene.footprint_lonlat) / 1e6;
  summary.extent_lonlat.add(bounding_box(scene.footprint_lonlat));
  if (scene.date.empty()) return;
  if (summary.first_date.empty() || scene.date < summary.first_date)
    summary.first_date = scene.date;
  summary.last_date = std::max(summary.last_date, scene.date);
}

}  // namespace

std::vector<CollectionSummary> summarise(const ImageryCatalogue& catalogue) {
  std::vector<CollectionSummary> summaries;
  for (const Collection& collection : catalogue.collections) {
    CollectionSummary summary;
    summary.code = collection.code;
    for (const Scene& scene : catalogue.scenes)
      if (scene.collection_code == collection.code) add(summary, scene);
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace skyglot
