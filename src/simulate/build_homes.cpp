// SPDX-License-Identifier: Apache-2.0
// Where people live: houses in gardens, terraces, courtyards, slabs, allotments.
#include "simulate/builders.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

constexpr double kQuarter = std::numbers::pi / 2;

// One edge of a plot as a frame: u along the street, v into the plot.
struct Frontage {
  std::size_t edge = 0;
  Frame frame;
  double length = 0;
};

std::vector<Frontage> frontages(const Site& site) {
  std::vector<Frontage> list;
  const Path& plot = site.block.plot;
  for (std::size_t i = 0; i < plot.size(); ++i) {
    const Point next = plot[(i + 1) % plot.size()];
    list.push_back({i, {plot[i], unit(minus(next, plot[i]))}, distance(plot[i], next)});
  }
  return list;
}

void residential_area(Site& site) {
  site.draw.area(site.bounds_ring(), make_tags({{"landuse", "residential"}}));
}

struct Lot {
  Frame front;  // layout; on the street, u along it, v inwards
  double width = 0;
  double depth = 0;
};

void garden(Site& site, const Lot& lot, double house_back) {
  Sketch& draw = site.draw;
  RandomStream& r = site.random;
  if (r.chance(0.5) && lot.depth > 24) {
    const Path side{site.plan(lot.front.moved(lot.width / 2, 2)).origin,
                    site.plan(lot.front.moved(lot.width / 2, lot.depth - 2)).origin};
    draw.hedge(side, r.chance(0.25));
  } else if (r.chance(0.12)) {
    draw.way({site.plan(lot.front.moved(lot.width / 2, 2)).origin,
              site.plan(lot.front.moved(lot.width / 2, lot.depth - 2)).origin},
             make_tags({{"barrier", r.chance(0.7) ? "fence" : "wall"}}));
  }
  const double back = house_back + 6;
  if (r.chance(0.13)) {
    const Frame pool = lot.front.moved(r.uniform(-2, 2), back + 2);
    if (site.claim(pool, 5, 3, 0.5)) draw.pool(site.plan(pool), 3.8, 1.9);
  }
  if (r.chance(0.35)) {
    const Frame shed = lot.front.moved(lot.width / 2 - 3, back + 6);
    if (site.claim(shed, 1.8, 1.5, 0.5))
      draw.building(site.plan(shed), 1.7, 1.4,
                    {"shed", 0, Roof::gabled, Surface::roof_flat, 0.5, 2.2}, {});
  }
  const int trees = static_cast<int>(r.integer(1, 4));
  for (int i = 0; i < trees; ++i) {
    const Frame at =
        lot.front.moved(r.uniform(-0.45, 0.45) * lot.width, r.uniform(back, lot.depth + 4));
    const double size = r.uniform(1.3, 3.2);
    if (site.is_free(at, size, size, 0.3))
      draw.tree(site.plan(at).origin,
                r.chance(0.15)  ? TreeKind::conifer
                : r.chance(0.3) ? TreeKind::fruit
                                : TreeKind::broadleaf,
                size, r.chance(0.12));
  }
  for (int i = 0; i < 3; ++i) {
    const Frame at = lot.front.moved(r.uniform(-0.48, 0.48) * lot.width, r.uniform(1, lot.depth));
    if (site.is_free(at, 0.9, 0.9, 0.2))
      draw.tree(site.plan(at).origin, TreeKind::bush, r.uniform(0.6, 1.2));
  }
}

void driveway(Site& site, const Lot& lot, double setback, double house_half) {
  Sketch& draw = site.draw;
  RandomStream& r = site.random;
  const double u = house_half + 2.4;
  const Frame drive = lot.front.moved(u, (setback + 3) / 2);
  if (!site.is_free(drive, 1.5, (setback + 3) / 2 - 1.2, 0)) return;
  draw.paint(site.plan(drive).moved(0, -1), 1.5, (setback + 3) / 2 + 1,
             r.chance(0.6) ? Surface::paving : Surface::gravel, level::kPath);
  if (r.chance(0.45)) draw.car(site.plan(drive.moved(0, 0.5, kQuarter)));
  const Frame garage = lot.front.moved(u, setback + 6);
  if (r.chance(0.55) && site.claim(garage, 1.7, 3, 0.2))
    draw.building(site.plan(garage.moved(0, 0, kQuarter)), 3, 1.7,
                  {"garage", 1, Roof::flat, Surface::roof_flat, 0, 2.6}, {});
}

bool house(Site& site, const Lot& lot, const Tags& address) {
  RandomStream& r = site.random;
  const double half_u = r.uniform(4.4, 6.8);
  const double half_v = r.uniform(4.0, 5.2);
  const double setback = r.uniform(4, 8);
  const bool turned = r.chance(0.3);
  const double along_street = turned ? half_v : half_u;
  const double deep = turned ? half_u : half_v;
  const double shift = -std::max(0.0, lot.width / 2 - along_street - 4.2);
  const Frame where = lot.front.moved(shift * r.uniform(0.2, 1), setback + deep);
  if (!site.claim(where, along_street, deep, 1.2)) return false;
  const Roof roof = r.chance(0.62) ? Roof::gabled : r.chance(0.75) ? Roof::hipped : Roof::flat;
  BuildingLook look{r.chance(0.75) ? "house" : "detached", r.chance(0.6) ? 2 : 1, roof};
  if (roof == Roof::flat) look.surface = Surface::roof_flat;
  const Frame plan = site.plan(where.moved(0, 0, turned ? kQuarter : 0));
  const double square = roof == Roof::hipped && r.chance(0.3) ? half_v : half_u;
  site.draw.building(plan, square, half_v, look, address);
  if (roof != Roof::flat && r.chance(0.12)) {
    // Panels on the sunny side, drawn on the slope itself.
    Shape& panels = site.draw.paint(plan.moved(0, -half_v * 0.5), square * 0.6, half_v * 0.32,
                                    Surface::solar_panel, level::kRoofPart);
    panels.height_m = 5.5F;
  }
  driveway(site, {lot.front.moved(shift * 0.6, 0), lot.width, lot.depth}, setback, along_street);
  garden(site, lot, setback + 2 * deep);
  return true;
}

}  // namespace

void build_houses(Site& site) {
  residential_area(site);
  site.ground(Surface::garden);
  int number = 1;
  for (const Frontage& front : frontages(site)) {
    double u = 2;
    while (u + 14 < front.length) {
      const double width = std::min(site.random.uniform(15, 22), front.length - u);
      const Lot lot{front.frame.moved(u + width / 2, 0), width, std::min(34.0, site.box.half_v)};
      house(site, lot, site.address(front.edge, number));
      u += width;
      number += 2;
    }
  }
  site.scatter_trees(static_cast<int>(area_of(site.block.plot) / 420), 2.6, 0.15, false);
}

}  // namespace skyglot::simulate
