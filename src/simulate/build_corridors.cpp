// SPDX-License-Identifier: Apache-2.0
// The river and the railway with what lies along them.
#include "simulate/builders.hpp"

#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

// The line through the whole world, swaying by `sway_m` from side to side.
Path swaying(const Layout& layout, const Line& line, double sway_m) {
  Path path;
  const double half = layout.world_m / 2 - 5;
  const Frame frame{line.on, line.direction};
  for (double u = -half; u <= half; u += 12)
    path.push_back(frame.at(u, sway_m * (std::sin(u / 61) + 0.6 * std::sin(u / 27 + 1))));
  return path;
}

Path in_plan(const Sketch& draw, const Path& layout) {
  Path plan;
  for (const Point p : layout) plan.push_back(draw.warp(p));
  return plan;
}

void tracks(Sketch& draw, const Path& line, double offset_m, const char* usage) {
  const Path track = beside(line, offset_m);
  draw.paint_strip(track, 4.6, Surface::ballast, level::kVerge + 2);
  for (const double rail : {-0.72, 0.72})
    draw.paint_strip(beside(track, rail), 0.3, Surface::steel_rail, level::kVerge + 3);
  draw.way(track, make_tags({{"railway", "rail"},
                             {"gauge", "1435"},
                             {"electrified", "no"},
                             {"maxspeed", "120"},
                             {"usage", usage}}));
}

void station(Sketch& draw, const Layout& layout, double u) {
  const Frame line{layout.rail.on, layout.rail.direction};
  const std::string name = NameList::town(draw.town.seed);
  for (const double v : {-9.4, 9.4}) {
    const Frame at = draw.warp.frame(line.moved(u, v));
    draw.paint(at, 78, 2.2, Surface::concrete, level::kPlace).height_m = 0.8F;
    draw.paint(at, 28, 1.7, Surface::roof_metal, level::kBuilding).height_m = 4;
    draw.area(rectangle(at, 78, 2.2), make_tags({{"railway", "platform"},
                                                 {"public_transport", "platform"},
                                                 {"surface", "concrete"}}));
    draw.area(rectangle(at, 28, 1.7), make_tags({{"building", "roof"}, {"layer", "1"}}));
  }
  const Frame hall = draw.warp.frame(line.moved(u + 52, 9.4));
  draw.building(hall.moved(0, -0.2), 15, 5.2, {"train_station", 2, Roof::hipped},
                make_tags({{"name", name + " station"}, {"operator", "Simulated Railways"}}));
  draw.node(draw.warp(line.at(u, 0)),
            make_tags({{"railway", "station"}, {"name", name}, {"public_transport", "station"}}));
}

}  // namespace

void build_river(Sketch& draw, const Layout& layout) {
  draw.use_stream(RandomStream(draw.town.seed, "river"));
  const Path line = in_plan(draw, swaying(layout, layout.river, 5));
  const double width = 2 * layout.river_half_m;
  draw.paint_strip(line, width + 5, Surface::dirt, level::kWater);
  draw.paint_strip(line, width + 2, Surface::reed, level::kWater);
  draw.paint_strip(line, width, Surface::water_flowing, level::kWater);
  const std::string name = "River " + draw.names.first();
  draw.way(line, make_tags({{"waterway", "river"}, {"name", name}, {"boat", "no"}}));
  draw.area(strip(line, width),
            make_tags({{"natural", "water"}, {"water", "river"}, {"name", name}}));
}

void build_railway(Sketch& draw, const Layout& layout) {
  draw.use_stream(RandomStream(draw.town.seed, "railway"));
  const Path line = in_plan(draw, swaying(layout, layout.rail, 0));
  draw.paint_strip(line, 11.5, Surface::gravel, level::kVerge + 1);
  tracks(draw, line, -2.2, "main");
  tracks(draw, line, 2.2, "main");
  station(draw, layout, 0.12 * layout.radius_m);
  for (const Street& street : layout.streets) {
    if (street.rank < Rank::secondary || street.rank > Rank::primary) continue;
    const double da = side_of(layout.rail, street.a);
    const double db = side_of(layout.rail, street.b);
    if ((da > 0) == (db > 0)) continue;
    draw.node(draw.warp(between(street.a, street.b, da / (da - db))),
              make_tags({{"railway", "level_crossing"}, {"crossing:barrier", "full"}}));
  }
}

void build_river_bank(Site& site) {
  site.ground(Surface::meadow);
  const double off = site.layout.river_half_m + 9;
  const Frame river{site.layout.river.on, site.layout.river.direction};
  for (double u = -site.box.half_u; u < site.box.half_u; u += 9)
    for (const double side : {-1.0, 1.0}) {
      const Point middle = river.local(site.box.frame.at(u, 0));
      const Point off_line = point_in({-4, 0, 4, 9}, site.random);
      const Point p = river.at(middle.x + off_line.x, side * (off + off_line.y));
      if (!inside_convex(site.block.plot, p, 2) || !site.random.chance(0.33)) continue;
      const double size = site.random.uniform(1.8, 3.8);
      const bool poplar = site.random.chance(0.3);
      site.draw.tree(site.draw.warp(p), poplar ? TreeKind::poplar : TreeKind::broadleaf, size);
    }
  if (area_of(site.block.plot) > 9000)
    site.draw.area(site.plot_ring(), make_tags({{"landuse", "grass"}}));
}

void build_rail_verge(Site& site) {
  site.ground(Surface::meadow);
  for (double u = -site.box.half_u; u < site.box.half_u; u += 7) {
    const Frame at = site.box.frame.moved(u, site.random.chance(0.5) ? 12.5 : -12.5);
    if (!site.random.chance(0.25) || !inside_convex(site.block.plot, at.origin, 1)) continue;
    site.draw.tree(site.plan(at).origin, TreeKind::bush, 1.2);
  }
}

}  // namespace skyglot::simulate
