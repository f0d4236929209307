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

void build_heath(Site& site) {
  stand(site, Surface::heath, 12, 0);
  site.draw.area(site.plot_ring(), make_tags({{"natural", "heath"}}));
  site.scatter_trees(14, 2.2, 0.7, false);
}

void build_orchard(Site& site) {
  site.ground(Surface::orchard_floor);
  site.draw.area(site.plot_ring(), make_tags({{"landuse", "orchard"}, {"trees", "apple_trees"}}));
  for (double v = -site.box.half_v + 4; v < site.box.half_v; v += 6.5)
    for (double u = -site.box.half_u + 4; u < site.box.half_u; u += 5.2) {
      const Frame at = site.box.frame.moved(u + site.random.uniform(-0.3, 0.3), v);
      if (site.random.chance(0.96) && inside_convex(site.block.plot, at.origin, 3))
        site.draw.tree(site.plan(at).origin, TreeKind::fruit, 1.9);
    }
}

void build_vineyard(Site& site) {
  site.ground(Surface::vine_rows);
  site.draw.area(site.plot_ring(), make_tags({{"landuse", "vineyard"}, {"crop", "grape"}}));
  const Line across{site.box.frame.origin, site.box.frame.axis};
  const Point normal{-across.direction.y, across.direction.x};
  Cell cell = site.block.edges;
  for (double v = -site.box.half_v + 3; v < site.box.half_v; v += 2.7) {
    const auto row =
        chord(cell, {{across.on.x + normal.x * v, across.on.y + normal.y * v}, across.direction});
    if (!row || distance(row->first, row->second) < 12) continue;
    const double length = distance(row->first, row->second);
    const Path line = site.draw.warp.line({between(row->first, row->second, 3 / length),
                                           between(row->first, row->second, 1 - 3 / length)},
                                          30);
    site.draw.paint_strip(line, 1.15, Surface::hedge, level::kGround + 1).height_m = 1.4F;
  }
}

void build_wetland(Site& site) {
  Shape& ground = site.ground(Surface::marsh);
  ground.tree_gap_m = 26;
  site.draw.area(site.plot_ring(),
                 make_tags({{"natural", "wetland"},
                            {"wetland", site.random.chance(0.5) ? "marsh" : "reedbed"}}));
  for (int i = 0; i < 26; ++i) {
    const double u = site.random.uniform(-0.9, 0.9) * site.box.half_u;
    const double v = site.random.uniform(-0.9, 0.9) * site.box.half_v;
    const double size = site.random.uniform(4, 22);
    if (!site.claim(u, v, size, size * 0.7, 2)) continue;
    const Frame at = site.at(u, v, site.random.uniform(0, 3));
    site.draw.paint({blob(at, size * 1.15, size * 0.85, site.random)}, Surface::reed,
                    level::kGround + 1);
    if (i % 2 == 0)
      site.draw.paint({blob(at, size * 0.8, size * 0.5, site.random)}, Surface::water_still,
                      level::kWater);
  }
}

void build_bare(Site& site) {
  const bool rock = site.random.chance(0.5);
  site.ground(Surface::scrub).tree_gap_m = 9;
  const Path ring =
      blob(site.at(0, 0), site.box.half_u * 0.95, site.box.half_v * 0.95, site.random);
  site.draw.paint({ring}, rock ? Surface::rock : Surface::sand, level::kGround + 1).tree_gap_m = 30;
  site.draw.area(ring, make_tags({{"natural", rock ? "bare_rock" : "sand"}}));
}

void build_pond(Site& site) {
  build_meadow(site);
  const double u = site.box.half_u * 0.6;
  const double v = site.box.half_v * 0.55;
  const Path pond = blob(site.at(0, 0), u, v, site.random);
  RandomStream& r = site.random;
  site.draw.paint({blob(site.at(0, 0), u * 1.12, v * 1.14, r)}, Surface::reed, level::kWater - 1);
  site.draw.paint({pond}, Surface::water_still, level::kWater);
  site.draw.area(
      pond, make_tags({{"natural", "water"}, {"water", r.chance(0.5) ? "pond" : "reservoir"}}));
}

void build_farm(Site& site) {
  Sketch& draw = site.draw;
  build_meadow(site);
  site.reserve(site.box.frame.moved(0, 0), 0.1, 0.1);
  const Frame yard = site.at(0, 0);
  draw.paint({blob(yard, 46, 34, site.random)}, Surface::dirt, level::kPath);
  draw.area(rectangle(yard, 44, 32),
            make_tags({{"landuse", "farmyard"}, {"name", draw.names.first() + " Farm"}}));
  draw.building(yard.moved(-22, -16), 8, 5.5, {"farm", 2, Roof::hipped}, {});
  BuildingLook barn{"barn", 1, Roof::gabled, Surface::roof_tile, 5, 5};
  draw.building(yard.moved(4, -15), 14, 7, barn, {});
  barn.surface = Surface::roof_metal;
  barn.kind = "cowshed";
  draw.building(yard.moved(2, 14), 21, 9, barn, {});
  draw.building(yard.moved(30, -8, 1.57), 11, 6,
                {"farm_auxiliary", 1, Roof::round, Surface::roof_metal, 3, 3}, {});
  for (int i = 0; i < 3; ++i) {
    const Point at = yard.at(-30 + i * 7.4, 12);
    Shape& silo = draw.paint_disc(at, 3, Surface::metal, level::kBuilding);
    silo.height_m = 12;
    silo.roof = Roof::dome;
    silo.roof_m = 2.4F;
    draw.area(circle(at, 3), make_tags({{"man_made", "silo"}, {"building", "silo"}}));
  }
  for (int i = 0; i < 2; ++i) {
    const double turn = site.random.uniform(-0.3, 0.3);
    draw.truck(yard.moved(-14 + i * 22, site.random.uniform(-4, 1), turn));
  }
}

void build_wind_park(Site& site) {
  build_field(site);
  Sketch& draw = site.draw;
  const int count = site.box.half_u > 190 ? 2 : 1;
  for (int i = 0; i < count; ++i) {
    const double u = count == 1 ? 0 : (i * 2 - 1) * site.box.half_u * 0.55;
    const Point at = site.at(u, 0).origin;
    draw.paint_disc(at, 11, Surface::gravel, level::kPath);
    draw.paint_disc(at, 2.4, Surface::metal, level::kBuilding).height_m = 92;
    const double start = site.random.uniform(0, 2);
    for (int blade = 0; blade < 3; ++blade) {
      const Frame arm{at, direction_of(start + blade * 2.0944)};
      Shape& wing =
          draw.paint({{arm.at(0, -1.4), arm.at(38, -0.3), arm.at(38, 0.3), arm.at(0, 1.4)}},
                     Surface::metal, level::kBuilding - 1);
      // Blades throw no shadow: a height field would fill the space below them.
      wing.height_m = 0;
    }
    draw.node(at, make_tags({{"power", "generator"},
                             {"generator:source", "wind"},
                             {"generator:method", "wind_turbine"},
                             {"height", "92"}}));
    const Path road{at, site.at(u, -site.box.half_v).origin};
    draw.paint_strip(road, 4, Surface::gravel, level::kPath);
    draw.way(road,
             make_tags({{"highway", "track"}, {"tracktype", "grade1"}, {"surface", "gravel"}}));
  }
}

}  // namespace skyglot::simulate
