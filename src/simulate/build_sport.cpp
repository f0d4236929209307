// SPDX-License-Identifier: Apache-2.0
// Sports grounds: a centre with a running track, a stadium, courts, a golf course.
#include "simulate/builders.hpp"
#include "simulate/pitches.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {}  // namespace

void build_sports_centre(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"leisure", "sports_centre"},
                                         {"name", draw.names.first() + " Sports Ground"}}));
  const Site::Fit fit = site.fit(90, 48, 0.9);
  if (fit.scale > 0) {
    const Frame where = site.box.frame.moved(0, 0, fit.turn);
    site.reserve(where, 90, 47);
    running_track(draw, site.plan(where));
  }
  for (double u = -site.box.half_u + 20; u < site.box.half_u - 18; u += 20)
    for (double v = -site.box.half_v + 20; v < site.box.half_v - 18; v += 38)
      if (site.random.chance(0.8) && site.claim(u, v, 9.3, 18, 1)) {
        if (site.random.chance(0.65))
          tennis_court(draw, site.at(u, v, kQuarter));
        else
          basketball_court(draw, site.at(u, v, kQuarter));
      }
  site.scatter_trees(40, 3, 0.1, true);
}

void build_stadium(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::asphalt_worn);
  const Site::Fit fit = site.fit(88, 68, 0.7);
  if (fit.scale <= 0) return build_ball_courts(site);
  const double s = fit.scale;
  const Frame where = site.box.frame.moved(0, 0, fit.turn);
  site.reserve(where, 88 * s, 68 * s);
  const Frame at = site.plan(where);
  const Path outer = oval(at, 26 * s, 62 * s);
  const Path inner = oval(at, 26 * s, 40 * s);
  Shape& seats = draw.paint({outer, inner}, Surface::terraces, level::kBuilding);
  seats.roof = Roof::ring;
  seats.half_v = static_cast<float>(22 * s);
  seats.height_m = 5;
  draw.paint({oval(at, 26 * s, 62 * s), oval(at, 26 * s, 50 * s)}, Surface::roof_white,
             level::kRoofPart)
      .height_m = 19;
  draw.paint({inner}, Surface::pitch_grass, level::kPlace).frame = at;
  soccer_pitch(draw, at, std::min(54.0, 60 * s), std::min(34.0, 38 * s));
  draw.area(std::vector<Path>{outer, inner},
            make_tags({{"leisure", "stadium"},
                       {"building", "stadium"},
                       {"sport", "soccer"},
                       {"name", draw.names.first() + " Stadium"}}));
  for (const double side : {-1.0, 1.0}) {
    const Frame lot = site.box.frame.moved(side * (site.box.half_u - 20), 0, kQuarter);
    if (site.claim(lot, site.box.half_v * 0.7, 13, 1))
      draw.parking(site.plan(lot), site.box.half_v * 0.7, 13, 0.3, {});
  }
  site.scatter_trees(30, 2.8, 0, true);
}

void build_ball_courts(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"leisure", "recreation_ground"}}));
  bool placed = false;
  for (double size = 95; size >= 40 && !placed; size -= 5)
    for (int turn = 0; turn < 4 && !placed; ++turn) {
      const Frame middle = site.box.frame.moved(0, 0, turn * kQuarter);
      placed = site.claim(middle, size * 0.55, size * 0.72, 0);
      if (placed) baseball_field(draw, site.plan(middle.moved(-size * 0.5, 0)), size);
    }
  for (double v = -site.box.half_v + 13; v < site.box.half_v - 10; v += 21) {
    const double u = site.box.half_u - 26;
    if (site.claim(u, v, 17, 9.3, 1)) basketball_court(draw, site.at(u, v));
  }
  site.scatter_trees(40, 3.2, 0.1, true);
}

void build_tennis_club(Site& site) {
  Sketch& draw = site.draw;
  site.ground(Surface::lawn);
  draw.area(site.plot_ring(), make_tags({{"leisure", "sports_centre"},
                                         {"sport", "tennis"},
                                         {"name", draw.names.first() + " Tennis Club"}}));
  for (double v = -site.box.half_v + 10; v < site.box.half_v - 8; v += 18.6)
    for (double u = -site.box.half_u + 18; u < site.box.half_u - 16; u += 37)
      if (site.claim(u, v, 17.6, 8.9, 0.4)) tennis_court(draw, site.at(u, v));
  for (int i = 0; i < 12; ++i) {
    const double u = site.random.uniform(-0.9, 0.9) * site.box.half_u;
    const double v = site.random.uniform(-0.9, 0.9) * site.box.half_v;
    if (!site.claim(u, v, 8, 4.5, 1)) continue;
    draw.building(site.at(u, v), 8, 4.5, {"pavilion", 1, Roof::hipped}, {});
    break;
  }
  site.scatter_trees(20, 2.8, 0.1, true);
}

void build_golf(Site& site) {
  Sketch& draw = site.draw;
  Shape& rough = site.ground(Surface::meadow);
  rough.tree_gap_m = 22;
  draw.area(site.plot_ring(),
            make_tags({{"leisure", "golf_course"}, {"name", draw.names.first() + " Golf Club"}}));
  const double step = 62;
  for (double v = -site.box.half_v + 34; v < site.box.half_v - 26; v += step) {
    const double half = site.box.half_u * site.random.uniform(0.55, 0.75);
    if (!site.claim(0, v, half, 20, 4)) continue;
    const Path fairway = blob(site.at(0, v), half, 20, site.random);
    Shape& grass = draw.paint({fairway}, Surface::pitch_grass, level::kPlace - 2);
    grass.frame = site.at(0, v);
    draw.area(fairway, make_tags({{"golf", "fairway"}}));
    const Frame green = site.at(half * 0.82, v);
    draw.paint({blob(green, 13, 11, site.random)}, Surface::lawn, level::kPlace).colour = {112, 158,
                                                                                           84};
    draw.area(circle(green.origin, 10), make_tags({{"golf", "green"}}));
    for (int i = 0; i < 3; ++i) {
      const Point place = point_in({-0.5 * half, v - 17, 0.95 * half, v + 17}, site.random);
      const Point reach = point_in({4, 3, 8, 5}, site.random);
      const Path sand = blob(site.at(place.x, place.y), reach.x, reach.y, site.random);
      draw.paint({sand}, Surface::sand, level::kPlace + 1);
      draw.area(sand, make_tags({{"golf", "bunker"}, {"natural", "sand"}}));
    }
    draw.paint(site.at(-half * 0.95, v), 6, 4, Surface::pitch_grass, level::kPlace);
    draw.area(rectangle(site.at(-half * 0.95, v), 6, 4), make_tags({{"golf", "tee"}}));
  }
}

}  // namespace skyglot::simulate
