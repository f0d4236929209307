// SPDX-License-Identifier: Apache-2.0
// Industry and supply: halls, tanks, basins, transformers, panels, pits.
#include "simulate/builders.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

void industrial_area(Site& site, Surface surface) {
  site.ground(surface);
  site.draw.area(site.bounds_ring(), make_tags({{"landuse", "industrial"}}));
}

void fence(Site& site) {
  site.draw.way(site.plot_ring(), make_tags({{"barrier", "fence"}, {"fence_type", "chain_link"}}));
}

void tank(Sketch& draw, Point at, double radius, double height, Tags tags) {
  Shape& shell = draw.paint_disc(at, radius, Surface::metal, level::kBuilding);
  shell.height_m = static_cast<float>(height);
  shell.roof = Roof::cone;
  shell.roof_m = static_cast<float>(radius * 0.12);
  draw.paint_ring_line(at, radius - 0.4, 0.45, Surface::masonry, level::kRoofPart).height_m =
      static_cast<float>(height + 0.3);
  draw.area(circle(at, radius), std::move(tags));
}

void basin(Sketch& draw, Point at, double radius) {
  draw.paint_disc(at, radius + 0.9, Surface::concrete, level::kPlace);
  draw.paint_disc(at, radius, Surface::water_sewage, level::kLines);
  const Frame arm{at, direction_of(draw.random().uniform(0, 6.28))};
  draw.paint(arm.moved(radius / 2, 0), radius / 2, 0.5, Surface::metal, level::kBuilding);
  draw.paint_disc(at, 1.6, Surface::concrete, level::kBuilding);
  draw.area(
      circle(at, radius),
      make_tags({{"man_made", "wastewater_basin"}, {"natural", "water"}, {"water", "wastewater"}}));
}

}  // namespace

void build_warehouses(Site& site) {
  industrial_area(site, Surface::asphalt_worn);
  Sketch& draw = site.draw;
  int number = 1;
  for (double v = -site.box.half_v + 30; v < site.box.half_v - 18; v += 62)
    for (double u = -site.box.half_u + 40; u < site.box.half_u - 26; u += 84) {
      const double hu = site.random.uniform(24, 36);
      const double hv = site.random.uniform(13, 21);
      const bool yard = site.claim(u, v - 8, hu, hv + 9.5, 1);  // room for lorries at the gates
      if (!yard && !site.claim(u, v, hu, hv, 2)) continue;
      const Frame at = site.at(u, v);
      const bool vault = site.random.chance(0.25);
      BuildingLook look{site.random.chance(0.6) ? "warehouse" : "industrial",
                        1,
                        vault ? Roof::gabled : Roof::flat,
                        site.random.chance(0.5) ? Surface::roof_metal : Surface::roof_white,
                        vault ? 2.5 : 0,
                        9};
      draw.building(at, hu, hv, look, site.address(0, number++));
      for (double x = -hu + 8; x < hu - 5; x += 9)
        for (const double y : {-hv / 2, hv / 2})
          draw.paint(at.moved(x, y), 2.2, 0.8, Surface::roof_glass, level::kRoofPart).height_m =
              9.8F;
      for (double x = -hu + 5; yard && x < hu - 4; x += 5)
        if (site.random.chance(0.3)) draw.truck(at.moved(x, -hv - 8.5, kQuarter));
    }
  site.scatter_trees(14, 2.2, 0, false);
}

void build_factory(Site& site) {
  industrial_area(site, Surface::concrete);
  Sketch& draw = site.draw;
  const Site::Fit fit = site.fit(70, 40, 0.3);
  const double s = std::max(0.3, fit.scale);
  const Frame whole = site.box.frame.moved(0, 0, fit.turn);
  const Frame hall = whole.moved(-10 * s, 8 * s);
  if (site.claim(hall, 44 * s, 22 * s, 1)) {
    BuildingLook look{"industrial", 0, Roof::sawtooth, Surface::roof_metal, 2.6, 8};
    draw.building(site.plan(hall), 44 * s, 22 * s, look,
                  make_tags({{"name", draw.names.first() + " Works"}, {"man_made", "works"}}));
  }
  const Frame stack = whole.moved(48 * s, 20 * s);
  site.reserve(stack, 5, 5);
  const Point top = site.plan(stack).origin;
  Shape& chimney = draw.paint_disc(top, 2.2, Surface::masonry, level::kBuilding);
  chimney.height_m = 45;
  draw.node(top, make_tags({{"man_made", "chimney"}, {"height", "45"}}));
  for (int i = 0; i < 4; ++i) {
    const Frame silo = whole.moved(52 * s, (-2 - 8.5 * i) * 1.0);
    if (!site.claim(silo, 3.8, 3.8, 0.2)) continue;
    tank(draw, site.plan(silo).origin, 3.7, 18,
         make_tags({{"man_made", "silo"}, {"building", "silo"}}));
  }
  for (int i = 0; i < 26; ++i) {
    const Frame at = site.anywhere();
    if (!site.claim(at, 6.3, 1.5, 0.4)) continue;
    Shape& box = draw.paint(site.plan(at), 6, 1.22, Surface::car, level::kCar);
    box.colour = site.random.chance(0.4)   ? Rgb{150, 66, 50}
                 : site.random.chance(0.5) ? Rgb{60, 92, 130}
                                           : Rgb{196, 190, 180};
    box.height_m = 2.6F;
  }
  fence(site);
}

void build_tank_farm(Site& site) {
  industrial_area(site, Surface::gravel);
  Sketch& draw = site.draw;
  const double radius = std::clamp(site.box.half_v / 5, 6.0, 16.0);
  const double step = 2.9 * radius;
  for (double v = -site.box.half_v + radius * 1.6; v < site.box.half_v - radius; v += step)
    for (double u = -site.box.half_u + radius * 1.6; u < site.box.half_u - radius; u += step) {
      const double r = radius * site.random.uniform(0.8, 1.05);
      if (!site.random.chance(0.85) || !site.claim(u, v, r, r, 3)) continue;
      draw.paint_outline(site.at(u, v), step * 0.47, step * 0.47, 0.8);
      tank(draw, site.at(u, v).origin, r, r * 0.9 + 3,
           make_tags({{"man_made", "storage_tank"},
                      {"content", site.random.chance(0.6) ? "oil" : "fuel"}}));
    }
  fence(site);
}

void build_wastewater(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"man_made", "wastewater_plant"},
                                         {"landuse", "industrial"},
                                         {"operator", "Simulated Waterworks"}}));
  const Site::Fit fit = site.fit(60, 40, 0.3);
  const double s = std::max(0.35, fit.scale);
  const Frame whole = site.box.frame.moved(0, 0, fit.turn);
  for (int i = 0; i < 4; ++i) {
    const Frame at = whole.moved((-38 + 34 * (i % 3)) * s, (i < 3 ? 16 : -16) * s);
    site.reserve(at, 15 * s, 15 * s);
    basin(draw, site.plan(at).origin, (i < 3 ? 13 : 10) * s);
  }
  for (int i = 0; i < 3; ++i) {
    const Frame at = whole.moved(18 * s + i * 14 * s, -18 * s);
    site.reserve(at, 6 * s, 15 * s);
    draw.paint(site.plan(at), 6 * s, 15 * s, Surface::concrete, level::kPlace);
    draw.paint(site.plan(at), 5 * s, 14 * s, Surface::water_sewage, level::kLines);
  }
  const Frame road = whole.moved(0, -1);
  draw.paint(site.plan(road), 58 * s, 2.2, Surface::asphalt, level::kPath);
  const Frame house = whole.moved(-30 * s, -20 * s);
  if (site.claim(house, 9 * s, 6 * s, 1))
    draw.building(site.plan(house), 9 * s, 6 * s, {"service", 1, Roof::flat, Surface::roof_flat},
                  {});
  fence(site);
  site.scatter_trees(18, 2.6, 0.4, false);
}

void build_substation(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  const double hu = std::min(36.0, site.box.half_u * 0.7);
  const double hv = std::min(26.0, site.box.half_v * 0.7);
  site.reserve(site.box.frame, hu, hv);
  const Frame at = site.at(0, 0);
  draw.paint(at, hu, hv, Surface::gravel, level::kPath);
  draw.area(rectangle(at, hu, hv), make_tags({{"power", "substation"},
                                              {"voltage", "110000;20000"},
                                              {"operator", "Simulated Grid"}}));
  draw.way(rectangle(at, hu, hv), make_tags({{"barrier", "fence"}}));
  for (double v = -hv + 6; v < hv - 8; v += 7)
    for (double u = -hu + 4; u < hu - 3; u += 4.5) {
      Shape& gear = draw.paint(at.moved(u, v), 0.5, 1.9, Surface::metal, level::kCar);
      gear.height_m = 4.5F;
      gear.colour = {150, 152, 150};
    }
  for (const double u : {-hu / 2, 0.0, hu / 2}) {
    draw.paint(at.moved(u, hv - 5), 4, 3, Surface::concrete, level::kPlace);
    Shape& transformer =
        draw.paint(at.moved(u, hv - 5), 2.6, 1.8, Surface::metal, level::kBuilding);
    transformer.height_m = 4.5F;
    transformer.colour = {112, 120, 116};
    draw.node(at.at(u, hv - 5), make_tags({{"power", "transformer"}}));
  }
  site.scatter_trees(14, 2.6, 0.2, false);
}

void build_construction(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::dirt);
  draw.area(site.plot_ring(),
            make_tags({{"landuse", "construction"}, {"construction", "residential"}}));
  for (int i = 0; i < 3; ++i) {
    const double u = (i - 1) * site.box.half_u * 0.6;
    if (!site.claim(u, 0, 14, 9, 2)) continue;
    const Frame at = site.at(u, 0);
    Shape& slab = draw.paint(at, 14, 9, Surface::masonry, level::kBuilding);
    slab.height_m = static_cast<float>(1 + 3 * i);
    for (double x = -12; x <= 12; x += 6)
      draw.paint(at.moved(x, 0), 0.4, 9, Surface::masonry, level::kRoofPart).height_m =
          static_cast<float>(4 + 3 * i);
    draw.area(rectangle(at, 14, 9), make_tags({{"building", "construction"}}));
  }
  for (int i = 0; i < 18; ++i) {
    const Frame at = site.anywhere();
    const double size = site.random.uniform(2, 6);
    if (!site.claim(at, size, size, 0.5)) continue;
    if (i % 3 == 0) {
      draw.truck(site.plan(at));
    } else {
      Shape& heap = draw.paint({blob(site.plan(at), size, size * 0.8, site.random)},
                               i % 2 == 0 ? Surface::sand : Surface::dirt, level::kPlace);
      heap.frame = site.plan(at);
      heap.half_u = heap.half_v = static_cast<float>(size);
      heap.roof = Roof::cone;
      heap.roof_m = static_cast<float>(size * 0.6);
    }
  }
  const Frame crane = site.at(site.box.half_u * 0.3, site.box.half_v * 0.4);
  draw.paint(crane, 0.9, 0.9, Surface::paint_yellow, level::kCar).height_m = 32;
  draw.paint(crane.moved(12, 0), 20, 0.5, Surface::paint_yellow, level::kCar + 1).height_m = 1;
  draw.node(crane.origin, make_tags({{"man_made", "crane"}}));
}

void build_nursery(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::gravel);
  draw.area(site.plot_ring(), make_tags({{"landuse", "greenhouse_horticulture"}}));
  for (double v = -site.box.half_v + 18; v < site.box.half_v - 12; v += 34)
    for (double u = -site.box.half_u + 34; u < site.box.half_u - 20; u += 62) {
      if (!site.claim(u, v, 28, 13, 2)) continue;
      const Frame at = site.at(u, v);
      for (double y = -9.6; y < 12; y += 6.4)
        draw.roof({rectangle(at.moved(0, y), 28, 3.2)}, at.moved(0, y), 28, 3.2,
                  {"greenhouse", 1, Roof::gabled, Surface::roof_glass, 1.6, 3.4});
      draw.area(rectangle(at, 28, 12.8),
                make_tags({{"building", "greenhouse"}, {"roof:shape", "gabled"}}));
    }
}

void build_solar(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::meadow);
  draw.area(site.plot_ring(), make_tags({{"power", "plant"},
                                         {"plant:source", "solar"},
                                         {"plant:method", "photovoltaic"},
                                         {"name", draw.names.first() + " Solar Park"}}));
  for (double v = -site.box.half_v + 8; v < site.box.half_v - 6; v += 7.4)
    for (double u = -site.box.half_u + 24; u < site.box.half_u - 20; u += 44) {
      if (!site.is_free(site.box.frame.moved(u, v), 20.5, 2.2, 4)) continue;
      const Frame at = site.at(u, v);
      Shape& table = draw.paint(at, 20.5, 2.0, Surface::solar_panel, level::kBuilding);
      table.height_m = 0.8F;
      table.roof = Roof::skillion;
      table.roof_m = 1.6F;
      if (site.random.chance(0.25))
        draw.area(rectangle(at, 20.5, 2.0), make_tags({{"power", "generator"},
                                                       {"generator:source", "solar"},
                                                       {"generator:method", "photovoltaic"}}));
    }
  fence(site);
}

void build_quarry(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::scrub);
  draw.area(site.plot_ring(), make_tags({{"landuse", "quarry"}, {"resource", "limestone"}}));
  const double u = site.box.half_u * 0.98;
  const double v = site.box.half_v * 0.98;
  RandomStream same = site.random;
  // Terraces step down to the floor: each is drawn by its own walls' shade.
  for (int step = 0; step < 4; ++step) {
    RandomStream shape = same;
    const double s = 1 - 0.17 * step;
    const Frame at = site.at(step * 4.0, step * 3.0);
    draw.paint({blob(at, u * s, v * s, shape)},
               step % 2 == 0 ? Surface::quarry_floor : Surface::rock, level::kGround + step);
    RandomStream again = same;
    draw.paint({blob(at, u * s * 0.975, v * s * 0.97, again)}, Surface::quarry_floor,
               level::kGround + step)
        .height_m = 0;
  }
  const Path lake = blob(site.at(u * 0.2, -v * 0.1), u * 0.22, v * 0.2, site.random);
  draw.paint({lake}, Surface::water_still, level::kWater).colour = {88, 140, 136};
  draw.area(lake, make_tags({{"natural", "water"}, {"water", "pond"}}));
  for (int i = 0; i < 12; ++i) {
    const Point place = point_in({-0.5 * u, -0.5 * v, 0.5 * u, 0.5 * v}, site.random);
    const Frame where = site.at(place.x, place.y);
    const double size = site.random.uniform(5, 11);
    Shape& heap = draw.paint_disc(where.origin, size, Surface::quarry_floor, level::kPlace);
    heap.roof = Roof::cone;
    heap.roof_m = static_cast<float>(size * 0.62);
    if (i % 3 == 0) draw.truck(where.moved(size + 6, 3));
  }
  const Path haul{site.at(-u, -v * 0.2).origin, site.at(-u * 0.5, 0).origin,
                  site.at(-u * 0.1, v * 0.3).origin, site.at(u * 0.4, v * 0.3).origin};
  draw.paint_strip(haul, 7, Surface::gravel, level::kPath);
  draw.way(haul, make_tags({{"highway", "service"}, {"surface", "unpaved"}}));
}

}  // namespace skyglot::simulate
