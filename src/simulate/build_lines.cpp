// SPDX-License-Identifier: Apache-2.0
// Thin lines across the country: streams, a canal, a power line.
#include "simulate/builders.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

// Boundaries between fields near the town, longest first.
std::vector<std::size_t> field_boundaries(const Layout& layout) {
  std::vector<std::size_t> found;
  const auto near_town = [&](Point p) {
    const double reach = std::max(std::abs(p.x), std::abs(p.y));
    return reach < layout.size_m * 0.52 && std::hypot(p.x, p.y) > layout.radius_m;
  };
  for (std::size_t i = 0; i < layout.streets.size(); ++i) {
    const Street& street = layout.streets[i];
    if (street.rank == Rank::none && near_town(between(street.a, street.b, 0.5)) &&
        distance(street.a, street.b) < layout.size_m)
      found.push_back(i);
  }
  const auto length = [&](std::size_t i) {
    return -distance(layout.streets[i].a, layout.streets[i].b);
  };
  std::ranges::stable_sort(found, {}, length);
  return found;
}

void stream(Sketch& draw, const Street& bed) {
  Path line;
  const Frame frame{bed.a, unit(minus(bed.b, bed.a))};
  const double length = distance(bed.a, bed.b);
  for (double u = 0; u <= length; u += 6)
    line.push_back(draw.warp(frame.at(u, 2.2 * std::sin(u / 13) + 1.3 * std::sin(u / 5.1))));
  draw.paint_strip(line, 7.5, Surface::scrub, level::kWater - 1).tree_gap_m = 9;
  draw.paint_strip(line, 2.2, Surface::water_flowing, level::kWater);
  draw.way(line, make_tags({{"waterway", "stream"}, {"name", draw.names.first() + " Brook"}}));
}

void canal(Sketch& draw, const Street& bed) {
  const Path line = draw.warp.line({bed.a, bed.b});
  draw.paint_strip(line, 15, Surface::meadow, level::kWater);
  draw.paint_strip(line, 10.4, Surface::masonry, level::kWater).surface = Surface::concrete;
  draw.paint_strip(line, 9.4, Surface::water_still, level::kWater);
  draw.way(line, make_tags({{"waterway", "canal"}, {"width", "9"}}));
  for (const double side : {-9.0, 9.0})
    draw.tree_row(beside(line, side), 11, TreeKind::poplar, true);
}

void tower(Sketch& draw, const Frame& at) {
  for (const double u : {-2.2, 2.2})
    for (const double v : {-2.2, 2.2}) {
      Shape& leg = draw.paint(at.moved(u, v), 0.35, 0.35, Surface::metal, level::kBuilding - 1);
      leg.colour = {140, 144, 146};
      leg.height_m = 16;
    }
  Shape& mast = draw.paint(at, 0.7, 0.7, Surface::metal, level::kBuilding - 1);
  mast.colour = {150, 154, 156};
  mast.height_m = 34;
  draw.paint(at, 0.4, 8, Surface::metal, level::kCar).height_m = 1;
  draw.node(at.origin, make_tags({{"power", "tower"}, {"structure", "lattice"}}));
}

}  // namespace

void build_waters(Sketch& draw, const Layout& layout) {
  draw.use_stream(RandomStream(draw.town.seed, "waters"));
  const std::vector<std::size_t> beds = field_boundaries(layout);
  for (std::size_t i = 0; i < std::min<std::size_t>(beds.size(), 6); ++i) {
    const Street& bed = layout.streets[beds[i]];
    if (i == 1)
      canal(draw, bed);
    else
      stream(draw, bed);
  }
}

void build_power_line(Sketch& draw, const Layout& layout) {
  draw.use_stream(RandomStream(draw.town.seed, "power line"));
  // Past the town on the railway's far side.
  const Frame line{{0, -1.16 * layout.radius_m}, direction_of(draw.random().uniform(-0.08, 0.08))};
  const double half = layout.world_m / 2 - 40;
  Path wires;
  for (double u = -half; u < half; u += 210) {
    const Point at = draw.warp(line.at(u, 0));
    if (!wires.empty()) tower(draw, {wires.back(), unit(minus(at, wires.back()))});
    wires.push_back(at);
  }
  draw.way(wires, make_tags({{"power", "line"}, {"voltage", "110000"}, {"cables", "3"}}));
}

}  // namespace skyglot::simulate
