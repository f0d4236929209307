// SPDX-License-Identifier: Apache-2.0
#include "imagery/summary.hpp"

#include "base/strings.hpp"
#include "imagery/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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

std::string stated_licences(const ImageryCatalogue& catalogue, const Collection& collection) {
  constexpr std::size_t kMost = 10;
  std::set<std::string> texts;
  for (const Scene& scene : catalogue.scenes)
    if (scene.collection_code == collection.code && !scene.licence.empty())
      texts.insert(scene.licence);
  std::vector<std::string> shown(texts.begin(), texts.end());
  if (shown.size() > kMost) {
    shown.resize(kMost);
    shown.push_back(fmt::format("and {} more", texts.size() - kMost));
  }
  return join(shown, "; ");
}

std::string licence_of(const ImageryCatalogue& catalogue, const Collection& collection) {
  return collection.licence.empty() ? stated_licences(catalogue, collection) : collection.licence;
}

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
