// SPDX-License-Identifier: Apache-2.0
// What a town shares: school, church, cemetery, park, square, hospital, shops, lido.
#include "simulate/builders.hpp"
#include "simulate/pitches.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

// A foot path between places of the site's box.
void foot_path(Site& site, Point a, Point b, double width_m, const char* surface) {
  const Path line{site.at(a.x, a.y).origin, site.at((a.x + b.x) / 2, (a.y + b.y) / 2).origin,
                  site.at(b.x, b.y).origin};
  site.draw.paint_strip(line, width_m,
                        surface == std::string("asphalt") ? Surface::asphalt_worn : Surface::gravel,
                        level::kPath);
  site.draw.way(line, make_tags({{"highway", "footway"}, {"surface", surface}, {"foot", "yes"}}));
}

}  // namespace

void build_school(Site& site) {
  Sketch& draw = site.draw;
  const std::string name = draw.names.first() + " School";
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"amenity", "school"}, {"name", name}}));
  const double u = -site.box.half_u + 26;
  BuildingLook look{"school", 3, Roof::flat, Surface::roof_flat};
  if (site.claim(u, 0, 9, 30, 2))
    draw.building(site.at(u, 0, kQuarter), 30, 8, look, site.address(0, 1));
  if (site.claim(u + 29, 18, 13, 7, 1))
    draw.building(site.at(u + 29, 18), 13, 7, {"school", 2, Roof::flat, Surface::roof_flat}, {});
  if (site.claim(u + 26, -12, 14, 12, 1))
    draw.paint(site.at(u + 26, -12), 14, 12, Surface::asphalt_worn, level::kPlace);
  for (const double scale : {1.0, 0.8, 0.62, 0.5}) {
    const double pitch_u = site.box.half_u - 50 * scale - 8;
    if (!site.claim(pitch_u, 0, 47 * scale, 30 * scale, 2)) continue;
    soccer_pitch(draw, site.at(pitch_u, 0), 45 * scale, 28 * scale);
    break;
  }
  site.scatter_trees(28, 3.4, 0.1, true);
}

void build_church(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  const Frame at = site.at(0, 0);
  site.reserve(site.box.frame, 24, 12);
  draw.paint(at, 23, 13, Surface::paving, level::kPath);
  BuildingLook nave{"church", 0, Roof::gabled, Surface::roof_tile, 6, 11};
  draw.building(at, 15, 6.5, nave,
                make_tags({{"amenity", "place_of_worship"},
                           {"religion", "christian"},
                           {"name", draw.names.first() + " Church"},
                           {"start_date", "1431"}}));
  draw.roof({rectangle(at.moved(4, 0), 4, 10.5)}, at.moved(4, 0, kQuarter), 10.5, 4, nave);
  BuildingLook tower{"tower", 0, Roof::hipped, Surface::roof_tile, 11, 24};
  draw.roof({rectangle(at.moved(-17.5, 0), 3.3, 3.3)}, at.moved(-17.5, 0), 3.3, 3.3, tower);
  BuildingLook apse{"church", 0, Roof::dome, Surface::roof_metal, 3, 9};
  draw.building(at.moved(17.5, 0), 4.6, 4.6, apse, {});
  for (const double v : {-17.0, 17.0})
    draw.tree_row({site.at(-20, v).origin, site.at(20, v).origin}, 8, TreeKind::broadleaf, false);
  site.scatter_trees(14, 3.6, 0.2, true);
}

void build_cemetery(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::graves);
  draw.area(site.plot_ring(),
            make_tags({{"landuse", "cemetery"}, {"name", draw.names.first() + " Cemetery"}}));
  const double u = site.box.half_u * 0.85;
  const double v = site.box.half_v * 0.8;
  foot_path(site, {-u, 0}, {u, 0}, 3, "gravel");
  for (const double at : {-0.5, 0.0, 0.5})
    foot_path(site, {at * u, -v}, {at * u, v}, 2.4, "gravel");
  draw.tree_row({site.at(-u, 3.4).origin, site.at(u, 3.4).origin}, 11, TreeKind::conifer, true);
  if (site.claim(-0.25 * u, 0.45 * v, 7, 5, 1))
    draw.building(site.at(-0.25 * u, 0.45 * v), 6, 4,
                  {"chapel", 0, Roof::gabled, Surface::roof_tile, 4, 5}, {});
  const Path wall = site.plot_ring();
  draw.paint_strip(wall, 0.7, Surface::masonry, level::kHedge).height_m = 1.8F;
  draw.way(wall, make_tags({{"barrier", "wall"}}));
  site.scatter_trees(24, 2.8, 0.5, false);
}

void build_playground(Site& site) {
  const Frame at = site.at(0, 0);
  playground(site.draw, at, std::min(16.0, site.box.half_u * 0.5),
             std::min(11.0, site.box.half_v * 0.5));
  site.reserve(site.box.frame, 17, 12);
  site.ground(Surface::lawn);
  site.draw.area(site.plot_ring(), make_tags({{"landuse", "grass"}}));
  site.scatter_trees(22, 3.4, 0.15, true);
}

void build_park(Site& site) {
  Sketch& draw = site.draw;
  const double u = site.box.half_u;
  const double v = site.box.half_v;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"leisure", "park"},
                                         {"name", draw.names.first() + " Park"},
                                         {"opening_hours", "24/7"}}));
  const double pu = u * 0.33;
  const double pv = v * 0.36;
  if (site.claim(-u * 0.4, 0, pu, pv, 1)) {
    const Path pond = blob(site.at(-u * 0.4, 0), pu, pv, site.random);
    draw.paint({pond}, Surface::water_still, level::kWater);
    draw.area(pond, make_tags({{"natural", "water"}, {"water", "pond"}}));
  }
  foot_path(site, {-u * 0.9, -v * 0.55}, {u * 0.9, -v * 0.5}, 2.6, "gravel");
  foot_path(site, {-u * 0.9, v * 0.6}, {u * 0.9, v * 0.45}, 2.6, "asphalt");
  foot_path(site, {u * 0.05, -v * 0.9}, {u * 0.1, v * 0.9}, 3, "gravel");
  if (site.claim(u * 0.4, 0, 9, 9, 1)) {
    fountain(draw, site.at(u * 0.4, 0).origin, 6);
  }
  if (site.claim(u * 0.68, 0, 11, 9, 1)) playground(draw, site.at(u * 0.68, 0), 10, 8);
  site.scatter_trees(static_cast<int>(u * v / 55), 4.0, 0.2, true);
}

void build_square(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::paving);
  draw.area(site.plot_ring(), make_tags({{"highway", "pedestrian"},
                                         {"area", "yes"},
                                         {"surface", "paving_stones"},
                                         {"name", "Market Square"}}));
  fountain(draw, site.at(0, 0).origin, 5);
  site.reserve(site.box.frame, 7, 7);
  const double v = site.box.half_v - 11;
  if (site.claim(0, v, 17, 8, 0.5)) {
    BuildingLook hall{"civic", 3, Roof::hipped, Surface::roof_tile, 5};
    draw.building(site.at(0, v), 16, 7.5, hall,
                  make_tags({{"amenity", "townhall"}, {"name", "Town Hall"}}));
    BuildingLook dome{"civic", 0, Roof::dome, Surface::roof_metal, 4, 14};
    draw.roof({circle(site.at(0, v).origin, 4)}, site.at(0, v), 4, 4, dome);
  }
  for (int i = 0; i < 12; ++i) {
    const double u = site.random.uniform(-0.7, 0.7) * site.box.half_u;
    const double w = site.random.uniform(-0.7, 0.2) * site.box.half_v;
    if (!site.claim(u, w, 2.2, 1.8, 0.8)) continue;
    Shape& stall = draw.paint(site.at(u, w), 1.9, 1.5, Surface::car, level::kCar);
    stall.colour = site.random.chance(0.5) ? Rgb{196, 60, 50} : Rgb{226, 222, 206};
    stall.height_m = 2.4F;
  }
  site.scatter_trees(10, 2.6, 0, true);
}

void build_hospital(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"amenity", "hospital"},
                                         {"name", draw.names.first() + " Hospital"},
                                         {"emergency", "yes"}}));
  BuildingLook look{"hospital", 5, Roof::flat, Surface::roof_flat};
  for (const double u : {-24.0, 24.0})
    if (site.claim(u, 0, 9, 30, 1)) draw.building(site.at(u, 0, kQuarter), 30, 8, look, {});
  if (site.claim(0, 0, 14, 8, 0)) draw.building(site.at(0, 0), 16, 7, look, site.address(0, 1));
  const double u = site.box.half_u - 16;
  if (site.claim(u, 8, 11, 11, 1)) helipad(draw, site.at(u, 8).origin);
  if (site.claim(-site.box.half_u + 22, 0, 9, 22, 1))
    draw.parking(site.at(-site.box.half_u + 22, 0, kQuarter), 21, 8, 0.7,
                 make_tags({{"surface", "asphalt"}}));
  site.scatter_trees(30, 3.2, 0.2, true);
}

void build_retail(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::asphalt_worn).surface = Surface::asphalt_worn;
  draw.area(site.bounds_ring(), make_tags({{"landuse", "retail"}}));
  const Site::Fit fit = site.fit(60, 42, 0.35);
  const double s = std::max(0.4, fit.scale);
  const Frame whole = site.box.frame.moved(0, 0, fit.turn);
  const Frame hall = whole.moved(0, 24 * s);
  BuildingLook look{"retail", 1, Roof::flat, Surface::roof_white, 0, 7};
  if (site.claim(hall, 46 * s, 15 * s, 1)) {
    draw.building(site.plan(hall), 46 * s, 15 * s, look,
                  make_tags({{"shop", "supermarket"},
                             {"name", draw.names.first() + " Market"},
                             {"opening_hours", "Mo-Sa 07:00-21:00"}}));
    for (double u = -36 * s; u < 38 * s; u += 14 * s)
      draw.paint(site.plan(hall.moved(u, 3)), 1.8, 1.2, Surface::metal, level::kRoofPart).height_m =
          8.6F;
  }
  const Frame lot = whole.moved(0, -16 * s);
  if (site.claim(lot, 52 * s, 19 * s, 0.5))
    draw.parking(site.plan(lot), 52 * s, 19 * s, 0.62,
                 make_tags({{"surface", "asphalt"}, {"capacity", "120"}}));
  site.scatter_trees(6, 2, 0, true);
}

void build_offices(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::paving);
  draw.area(site.bounds_ring(), make_tags({{"landuse", "commercial"}}));
  int number = 1;
  for (double v = -site.box.half_v + 15; v < site.box.half_v - 10; v += 34)
    for (double u = -site.box.half_u + 20; u < site.box.half_u - 14; u += 42) {
      const double hu = site.random.uniform(10, 17);
      const double hv = site.random.uniform(8, 11.5);
      if (!site.claim(u, v, hu, hv, 2)) continue;
      const int levels = static_cast<int>(site.random.integer(3, 8));
      const Frame at = site.at(u, v);
      draw.building(at, hu, hv,
                    {site.random.chance(0.7) ? "office" : "commercial", levels, Roof::flat,
                     Surface::roof_flat},
                    site.address(0, number++));
      Shape& plant = draw.paint(at.moved(hu * 0.3, 0), 3, 2.4, Surface::metal, level::kRoofPart);
      plant.height_m = static_cast<float>(levels * 2.9 + 2.8);
    }
  const double u = site.box.half_u * 0.5;
  if (site.claim(u, -site.box.half_v + 9, 16, 5.5, 0.5))
    draw.parking(site.at(u, -site.box.half_v + 9), 16, 5.3, 0.7, {});
  site.scatter_trees(14, 2.3, 0, true);
}

void build_lido(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"leisure", "water_park"}, {"name", "Lido"}}));
  if (site.claim(-14, 0, 29, 15, 1)) {
    draw.paint(site.at(-14, 0), 30, 15, Surface::paving, level::kPlace - 1);
    draw.pool(site.at(-14, 0), 25, 10.5);
    for (int lane = 1; lane < 8; ++lane)
      draw.paint(site.at(-14, -10.5 + lane * 2.6), 24, 0.16, Surface::pitch_hard,
                 level::kLines + 1);
  }
  if (site.claim(31, 8, 10, 8, 1)) {
    const Path pool = blob(site.at(31, 8), 9, 7, site.random);
    draw.paint({pool}, Surface::water_pool, level::kPlace);
    draw.area(pool, make_tags({{"leisure", "swimming_pool"}}));
  }
  if (site.claim(30, -14, 14, 5, 1))
    draw.building(site.at(30, -14), 14, 5, {"public", 1, Roof::flat, Surface::roof_white}, {});
  site.scatter_trees(24, 3, 0.1, false);
}

}  // namespace skyglot::simulate
