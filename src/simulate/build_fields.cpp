// SPDX-License-Identifier: Apache-2.0
// Open country: fields, meadows, woods and the ground nobody farms.
#include "simulate/builders.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot::simulate {
namespace {

struct Crop {
  const char* name;
  Surface surface;
};

constexpr std::array kCrops{
    Crop{"wheat", Surface::grain},      Crop{"wheat", Surface::grain},
    Crop{"barley", Surface::grain},     Crop{"maize", Surface::maize},
    Crop{"maize", Surface::maize},      Crop{"rapeseed", Surface::rapeseed},
    Crop{"potato", Surface::root_crop}, Crop{"sugar_beet", Surface::root_crop},
    Crop{"cotton", Surface::cotton},    Crop{"", Surface::soil},
    Crop{"hay", Surface::hay}};

// A stand of trees on the plot.
void stand(Site& site, Surface surface, double gap_m, double conifers) {
  Shape& floor = site.ground(surface);
  floor.tree_gap_m = static_cast<float>(gap_m);
  floor.conifers = static_cast<float>(conifers);
}

}  // namespace

void build_field(Site& site) {
  const Crop& crop = kCrops.at(site.random.index(kCrops.size()));
  Shape& shape = site.ground(crop.surface);
  shape.frame = site.at(0, 0, site.random.uniform(-0.05, 0.05));
  // Ripeness differs from field to field.
  const double ripe = site.random.uniform(0.88, 1.10);
  for (std::uint8_t& c : shape.colour) c = static_cast<std::uint8_t>(std::min(255.0, c * ripe));
  site.draw.area(site.plot_ring(), make_tags({{"landuse", "farmland"}, {"crop", crop.name}}));
}

void build_meadow(Site& site) {
  site.ground(Surface::meadow);
  const bool grazed = site.random.chance(0.4);
  site.draw.area(site.plot_ring(), grazed
                                       ? make_tags({{"landuse", "meadow"}, {"meadow", "pasture"}})
                                       : make_tags({{"landuse", "meadow"}}));
  site.scatter_trees(static_cast<int>(site.random.integer(2, 9)), 3.2, 0.1, true);
}

void build_forest(Site& site) {
  const double conifers = std::array{0.04, 0.92, 0.5}.at(site.random.index(3));
  stand(site, Surface::forest_floor, conifers > 0.7 ? 4.0 : 5.0, conifers);
  const char* leaf = conifers < 0.1 ? "broadleaved" : conifers > 0.7 ? "needleleaved" : "mixed";
  const bool wood = site.random.chance(0.5);
  site.draw.area(
      site.plot_ring(),
      make_tags({{wood ? "natural" : "landuse", wood ? "wood" : "forest"}, {"leaf_type", leaf}}));
}

void build_scrub(Site& site) {
  stand(site, Surface::scrub, 5.5, 0);
  site.draw.area(site.plot_ring(), make_tags({{"natural", "scrub"}}));
}

}  // namespace skyglot::simulate
