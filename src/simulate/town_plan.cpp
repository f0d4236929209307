// SPDX-License-Identifier: Apache-2.0
#include "simulate/town_plan.hpp"

#include "simulate/land_use.hpp"
#include "simulate/tree_felling.hpp"

#include <set>

namespace skyglot::simulate {

Town grow_town(std::uint64_t seed, double size_m) {
  const Layout layout = lay_out(seed, size_m);
  const Warp warp(seed, size_m, layout.straight);
  NameList names(seed + 1);
  Town town;
  town.seed = seed;
  town.size_m = size_m;
  town.world_m = layout.world_m;
  Sketch draw(town, warp, names);
  const std::vector<Builder> builders = share_out(layout, seed);
  for (std::size_t i = 0; i < layout.blocks.size(); ++i) {
    Site site(draw, layout, layout.blocks[i], i);
    builders[i](site);
  }
  build_waters(draw, layout);
  build_river(draw, layout);
  build_railway(draw, layout);
  build_streets(draw, layout);
  build_power_line(draw, layout);
  fell_trees(town);
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
