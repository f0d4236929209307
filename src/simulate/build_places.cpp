// SPDX-License-Identifier: Apache-2.0
// The carved places: airfield and lakes.
#include "simulate/builders.hpp"
#include "simulate/pitches.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

void stripes(Sketch& draw, const Frame& threshold) {
  for (double v = -10; v <= 10; v += 2.6)
    draw.paint(threshold.moved(10, v), 9, 0.7, Surface::paint_white, level::kLines);
}

void runway(Sketch& draw, const Frame& at, double half_u) {
  draw.paint(at, half_u, 13, Surface::asphalt, level::kPlace).colour = {104, 105, 108};
  for (double u = -half_u + 60; u < half_u - 50; u += 45)
    draw.paint(at.moved(u, 0), 13, 0.45, Surface::paint_white, level::kLines);
  for (const double v : {-12.2, 12.2})
    draw.paint(at.moved(0, v), half_u - 3, 0.3, Surface::paint_white, level::kLines);
  stripes(draw, at.moved(-half_u + 4, 0));
  stripes(draw, at.moved(half_u - 4, 0, 2 * kQuarter));
  draw.way({at.at(-half_u, 0), at.at(half_u, 0)},
           make_tags(
               {{"aeroway", "runway"}, {"surface", "asphalt"}, {"ref", "09/27"}, {"width", "26"}}));
}

void taxiway(Sketch& draw, const Path& line) {
  draw.paint_strip(line, 9, Surface::asphalt_worn, level::kPlace - 1);
  draw.paint_strip(line, 0.34, Surface::paint_yellow, level::kLines);
  draw.way(line, make_tags({{"aeroway", "taxiway"}, {"surface", "asphalt"}}));
}

void plane(Sketch& draw, const Frame& at) {
  const auto part = [&](double u, double v, double hu, double hv) {
    Shape& shape = draw.paint(at.moved(u, v), hu, hv, Surface::car, level::kCar);
    shape.colour = {232, 232, 230};
    shape.height_m = 1.6F;
  };
  part(0, 0, 4.2, 0.6);
  part(1, 0, 0.8, 5.6);
  part(-3.8, 0, 0.5, 1.9);
}

void piers(Sketch& draw, const Frame& shore, double length) {
  for (int i = 0; i < 3; ++i) {
    const Frame pier = shore.moved(i * 26 - 26, length / 2 - 4);
    draw.paint(pier, 1.3, length / 2, Surface::planks, level::kPlace).height_m = 0.8F;
    draw.way({pier.at(0, -length / 2), pier.at(0, length / 2)}, make_tags({{"man_made", "pier"}}));
    for (double v = -length / 2 + 12; v < length / 2; v += 4.6)
      for (const double side : {-1.0, 1.0}) {
        if (!draw.random().chance(0.6)) continue;
        const Frame boat = pier.moved(side * 5.4, v);
        Shape& hull = draw.paint({{boat.at(-3.4, -1), boat.at(2, -1.1), boat.at(4, 0),
                                   boat.at(2, 1.1), boat.at(-3.4, 1)}},
                                 Surface::car, level::kCar);
        hull.colour = {230, 230, 226};
        hull.height_m = 1;
        draw.paint(boat.moved(-1, 0), 1.4, 0.6, Surface::planks, level::kCar).height_m = 1.2F;
      }
  }
}

struct Water {
  double half_u;
  double half_v;
};

// The lake with an island, as one multipolygon.
void lake_water(Site& site, const Water& size, const std::string& name) {
  Sketch& draw = site.draw;
  const Frame at = site.at(0, 0);
  const Path shore = blob(at, size.half_u, size.half_v, site.random);
  draw.paint_strip(shore, 9, Surface::reed, level::kWater - 1);
  draw.paint({shore}, Surface::water_still, level::kWater);
  const Frame middle = site.at(size.half_u * 0.25, size.half_v * 0.15);
  const Path island = blob(middle, size.half_u * 0.13, size.half_v * 0.11, site.random);
  draw.paint({island}, Surface::forest_floor, level::kWater).tree_gap_m = 5;
  draw.area(std::vector<Path>{shore, island},
            make_tags({{"natural", "water"}, {"water", "lake"}, {"name", name}}));
  draw.area(island, make_tags({{"place", "islet"}, {"natural", "wood"}}));
}

}  // namespace

void build_airfield(Site& site) {
  Sketch& draw = site.draw;
  Shape& grass = site.ground(Surface::meadow);
  grass.surface = Surface::lawn;
  draw.area(site.plot_ring(), make_tags({{"aeroway", "aerodrome"},
                                         {"name", NameList::town(draw.town.seed) + " Airfield"},
                                         {"icao", "ZZZZ"}}));
  const double half = site.box.half_u - 14;
  const double line = -site.box.half_v * 0.35;
  runway(draw, site.at(0, line), half);
  const double taxi = line + 38;
  taxiway(draw, {site.at(-half * 0.9, line).origin, site.at(-half * 0.84, taxi).origin,
                 site.at(half * 0.84, taxi).origin, site.at(half * 0.9, line).origin});
  const double apron_v = taxi + 27;
  const Frame apron = site.at(0, apron_v);
  draw.paint(apron, half * 0.36, 22, Surface::concrete, level::kPlace);
  draw.area(rectangle(apron, half * 0.36, 22),
            make_tags({{"aeroway", "apron"}, {"surface", "concrete"}}));
  for (double u = -half * 0.3; u < half * 0.3; u += 17)
    if (site.random.chance(0.7)) plane(draw, apron.moved(u, 4, -kQuarter));
  const double hangar_v = apron_v + 36;
  if (hangar_v + 14 < site.box.half_v)
    for (int i = -1; i <= 1; ++i) {
      const Frame at = site.at(i * half * 0.2, hangar_v);
      BuildingLook look{"hangar", 1, Roof::round, Surface::roof_metal, 4, 6};
      draw.building(at, std::min(16.0, half * 0.09), 12, look, make_tags({{"aeroway", "hangar"}}));
    }
  const Frame terminal = site.at(half * 0.5, apron_v + 4);
  draw.building(terminal, 17, 7, {"terminal", 2, Roof::flat, Surface::roof_white},
                make_tags({{"aeroway", "terminal"}}));
  draw.parking(terminal.moved(0, 22), 22, 8, 0.6, {});
  helipad(draw, site.at(-half * 0.5, apron_v).origin);
  draw.node(site.at(-half * 0.7, taxi + 15).origin, make_tags({{"aeroway", "windsock"}}));
}

void build_lake(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::meadow);
  const Water size{site.box.half_u * 0.92, site.box.half_v * 0.86};
  lake_water(site, size, "Lake " + draw.names.first());
  const double edge = size.half_v * 0.82;
  const Frame beach = site.at(-size.half_u * 0.25, edge);
  const Path sand = blob(beach, size.half_u * 0.26, size.half_v * 0.13, site.random);
  draw.paint({sand}, Surface::sand, level::kWater);
  draw.area(sand, make_tags({{"natural", "beach"}, {"surface", "sand"}}));
  for (int i = 0; i < 26; ++i) {
    const double half_u = size.half_u * 0.24;
    const double half_v = size.half_v * 0.1;
    const Point place =
        point_in({-0.7 * half_u, -0.4 * half_v, 0.7 * half_u, 0.6 * half_v}, site.random);
    draw.paint_disc(beach.at(place.x, place.y), 1.2, Surface::car, level::kCar).colour =
        site.random.chance(0.5) ? Rgb{214, 70, 60} : Rgb{236, 214, 120};
  }
  const Frame shore = site.at(0, -size.half_v * 0.86);
  draw.area(rectangle(shore.moved(0, 10), 46, 26),
            make_tags({{"leisure", "marina"}, {"name", draw.names.first() + " Marina"}}));
  piers(draw, shore, std::min(52.0, size.half_v * 0.5));
  draw.building(shore.moved(46, -4), 9, 5, {"boathouse", 1, Roof::gabled}, {});
  site.scatter_trees(90, 3.2, 0.2, false);
}

void build_great_lake(Site& site) {
  site.ground(Surface::meadow).tree_gap_m = 14;
  lake_water(site, {site.box.half_u * 0.93, site.box.half_v * 0.9},
             "Great " + site.draw.names.first() + " Water");
}

}  // namespace skyglot::simulate
