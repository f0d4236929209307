// SPDX-License-Identifier: Apache-2.0
#include "simulate/town_plan.hpp"

#include "simulate/builders.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace skyglot::simulate {
namespace {

void build_block(Site& site) {
  switch (site.block.zone) {
    case Zone::river:
      return build_river_bank(site);
    case Zone::rail:
      return build_rail_verge(site);
    case Zone::centre:
    case Zone::inner:
    case Zone::suburb:
    case Zone::industry:
      return build_houses(site);
    default:
      break;
  }
  const double pick = site.random.uniform();
  if (pick < 0.6) return build_field(site);
  if (pick < 0.75) return build_meadow(site);
  if (pick < 0.95) return build_forest(site);
  return build_scrub(site);
}

}  // namespace

Town grow_town(std::uint64_t seed, double size_m) {
  const Layout layout = lay_out(seed, size_m);
  const Warp warp(seed, size_m, layout.straight);
  NameList names(seed + 1);
  Town town;
  town.seed = seed;
  town.size_m = size_m;
  town.world_m = layout.world_m;
  Sketch draw(town, warp, names);
  for (std::size_t i = 0; i < layout.blocks.size(); ++i) {
    Site site(draw, layout, layout.blocks[i], i);
    build_block(site);
  }
  build_river(draw, layout);
  build_railway(draw, layout);
  build_streets(draw, layout);
  return town;
}

std::map<std::string, std::uint64_t> count_kinds(const Town& town) {
  static const std::set<std::string> kKeys{
      "aeroway",    "amenity", "barrier",   "building", "crop",    "golf",     "highway",
      "junction",   "landuse", "leisure",   "man_made", "natural", "power",    "railway",
      "roof:shape", "sport",   "tourism",   "trees",    "water",   "waterway", "wetland",
      "historic",   "shop",    "emergency", "leaf_type"};
  std::map<std::string, std::uint64_t> counts;
  for (const Feature& feature : town.features)
    for (const Tag& tag : feature.tags)
      if (kKeys.contains(tag.key)) ++counts[to_string(tag)];
  return counts;
}

}  // namespace skyglot::simulate
