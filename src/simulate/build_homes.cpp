// SPDX-License-Identifier: Apache-2.0
// Where people live: houses in gardens, terraces, courtyards, slabs, allotments.
#include "simulate/builders.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

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
    const Point place = point_in({-0.45 * lot.width, back, 0.45 * lot.width, lot.depth + 4}, r);
    const Frame at = lot.front.moved(place.x, place.y);
    const double size = r.uniform(1.3, 3.2);
    if (!site.is_free(at, size, size, 0.3)) continue;
    const bool mapped = r.chance(0.12);
    const TreeKind kind = r.chance(0.15)  ? TreeKind::conifer
                          : r.chance(0.3) ? TreeKind::fruit
                                          : TreeKind::broadleaf;
    draw.tree(site.plan(at).origin, kind, size, mapped);
  }
  for (int i = 0; i < 3; ++i) {
    const Point place = point_in({-0.48 * lot.width, 1, 0.48 * lot.width, lot.depth}, r);
    const Frame at = lot.front.moved(place.x, place.y);
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

// Every garden is kept its own way.
void lot_ground(Site& site, const Lot& lot) {
  RandomStream& r = site.random;
  const Frame middle = lot.front.moved(0, lot.depth / 2);
  const Surface surface = r.chance(0.55)  ? Surface::lawn
                          : r.chance(0.7) ? Surface::garden
                                          : Surface::meadow;
  site.draw.paint(site.plan(middle), lot.width / 2, lot.depth / 2, surface, level::kGround + 1);
  if (!r.chance(0.3)) return;
  const Frame beds = lot.front.moved(r.uniform(-3, 3), lot.depth - 4);
  const Point half = point_in({2, 1.5, 4, 3}, r);
  site.draw.paint(site.plan(beds), half.x, half.y, Surface::beds, level::kGround + 2);
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
  lot_ground(site, lot);
  const Frame plan = site.plan(where.moved(0, 0, turned ? kQuarter : 0));
  if (r.chance(0.6))
    site.draw.paint(site.plan(where.moved(0, deep + 1.6)), along_street * 0.7, 2.2, Surface::paving,
                    level::kPath);
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

void build_terraces(Site& site) {
  residential_area(site);
  site.ground(Surface::garden);
  for (const Frontage& front : frontages(site)) {
    if (front.length < 40) continue;
    const double half_v = 4.8;
    int number = 2;
    const Roof roof = site.random.chance(0.8) ? Roof::gabled : Roof::flat;
    const int levels = site.random.chance(0.5) ? 2 : 3;
    for (double u = 12; u + 12 < front.length; u += 6.4, number += 2) {
      const Frame where = front.frame.moved(u, 4.5 + half_v);
      if (number % 14 == 0 || !site.claim(where, 3.2, half_v, 0)) continue;
      BuildingLook look{"terrace", levels, roof};
      look.roof_m = 2.9;
      if (roof == Roof::flat) look.surface = Surface::roof_flat;
      site.draw.building(site.plan(where), 3.15, half_v, look, site.address(front.edge, number));
      const Lot lot{front.frame.moved(u, 0), 6.4, 27};
      lot_ground(site, lot);
      if (site.random.chance(0.4)) {
        const Point place = point_in({-2, 18, 2, 27}, site.random);
        const Frame at = lot.front.moved(place.x, place.y);
        if (site.is_free(at, 1.5, 1.5, 0.2))
          site.draw.tree(site.plan(at).origin, TreeKind::broadleaf, site.random.uniform(1.2, 2.2));
      }
    }
  }
  site.scatter_trees(10, 2.4, 0.1, false);
}

namespace {

// The plot drawn in by `by` on every side.
Path drawn_in(const Site& site, double by) {
  return corners_of(inset(site.block.edges, [by](int) { return by; }));
}

}  // namespace

void build_perimeter(Site& site) {
  const double depth = 12;
  const Path outer = drawn_in(site, 1.5);
  const Path inner = drawn_in(site, 1.5 + depth);
  if (inner.size() < 3 || area_of(inner) < 250) return build_offices(site);
  if (site.box.half_u > 75) return build_slabs(site);
  site.draw.area(site.bounds_ring(), make_tags({{"landuse", "residential"}}));
  site.ground(Surface::paving);
  const std::vector<Path> rings{site.draw.warp.ring(outer, 1e9), site.draw.warp.ring(inner, 1e9)};
  const int levels = static_cast<int>(site.random.integer(3, 5));
  BuildingLook look{"apartments", levels, Roof::ring};
  look.roof_m = 4.2;
  site.draw.roof(rings, site.at(0, 0), 50, depth / 2, look);
  Tags tags = site.address(0, 1);
  set_tag(tags, "building", "apartments");
  set_tag(tags, "building:levels", std::to_string(levels));
  set_tag(tags, "roof:shape", "gabled");
  site.draw.area(rings, tags);
  site.draw.paint({site.draw.warp.ring(drawn_in(site, 3.5 + depth))}, Surface::garden,
                  level::kGround + 1);
  for (int i = 0; i < 14; ++i) {
    const Frame at = site.anywhere();
    if (inside_convex(inner, at.origin, 3.5))
      site.draw.tree(site.plan(at).origin, TreeKind::broadleaf, site.random.uniform(1.4, 3.0));
  }
}

void build_slabs(Site& site) {
  residential_area(site);
  site.ground(Surface::lawn);
  const int levels = static_cast<int>(site.random.integer(4, 9));
  int number = 1;
  for (double v = -site.box.half_v + 14; v < site.box.half_v - 8; v += 34)
    for (double u = -site.box.half_u + 26; u < site.box.half_u - 20; u += 58) {
      if (!site.claim(u, v, 21, 6.2, 3)) continue;
      const Frame at = site.at(u, v);
      BuildingLook look{"apartments", levels, Roof::flat, Surface::roof_flat};
      site.draw.building(at, 21, 6.2, look, site.address(0, number++));
      for (const double lift : {-12.0, 12.0}) {
        Shape& box = site.draw.paint(at.moved(lift, 0), 2, 2, Surface::roof_flat, level::kRoofPart);
        box.height_m = static_cast<float>(levels * 2.9 + 3);
      }
      site.draw.paint(at.moved(0, -9.5), 21, 1.2, Surface::paving, level::kPath);
    }
  if (site.claim(site.box.half_u - 14, 0, 9, 13, 1))
    site.draw.parking(site.at(site.box.half_u - 14, 0, kQuarter), 13, 8, 0.7,
                      make_tags({{"access", "private"}}));
  site.scatter_trees(26, 3.2, 0.15, true);
}

void build_allotments(Site& site) {
  site.draw.area(site.plot_ring(), make_tags({{"landuse", "allotments"},
                                              {"name", site.draw.names.first() + " Gardens"}}));
  site.ground(Surface::lawn);
  for (double v = -site.box.half_v + 10; v < site.box.half_v - 5; v += 19)
    for (double u = -site.box.half_u + 7; u < site.box.half_u - 5; u += 13) {
      if (!site.claim(u, v, 5.8, 8, 0.5)) continue;
      const Frame at = site.at(u, v);
      site.draw.paint(at, 5.6, 7.8, site.random.chance(0.6) ? Surface::beds : Surface::garden,
                      level::kPlace - 5);
      site.draw.building(at.moved(site.random.uniform(-2, 2), 5), 2, 1.5,
                         {"shed", 0, Roof::gabled, Surface::roof_flat, 0.6, 2.2}, {});
      if (site.random.chance(0.6))
        site.draw.tree(at.at(site.random.uniform(-4, 4), -4), TreeKind::fruit, 1.5);
      if (site.random.chance(0.4)) site.draw.hedge({at.at(-6, -8), at.at(-6, 8)}, false);
    }
  for (double v = -site.box.half_v + 19.5; v < site.box.half_v - 5; v += 38) {
    const Path path{site.at(-site.box.half_u * 0.8, v).origin,
                    site.at(site.box.half_u * 0.8, v).origin};
    site.draw.paint_strip(path, 2, Surface::gravel, level::kPath);
    site.draw.way(path, make_tags({{"highway", "footway"}, {"surface", "gravel"}}));
  }
}

}  // namespace skyglot::simulate
