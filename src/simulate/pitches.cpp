// SPDX-License-Identifier: Apache-2.0
#include "simulate/pitches.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

constexpr double kLine_m = 0.34;

void line(Sketch& draw, const Frame& at, double half_u, double half_v) {
  draw.paint(at, half_u, half_v, Surface::paint_white, level::kLines);
}

Tags pitch_tags(const char* sport, const char* surface) {
  return make_tags({{"leisure", "pitch"}, {"sport", sport}, {"surface", surface}});
}

}  // namespace

void soccer_pitch(Sketch& draw, const Frame& at, double half_u, double half_v) {
  draw.paint(at, half_u, half_v, Surface::pitch_grass, level::kPlace);
  const double u = half_u - 2.5;
  const double v = half_v - 2.5;
  draw.paint_outline(at, u, v, kLine_m);
  line(draw, at, kLine_m / 2, v);
  draw.paint_ring_line(at.origin, half_v * 0.27, kLine_m, Surface::paint_white, level::kLines);
  for (const double side : {-1.0, 1.0}) {
    const double box = std::min(16.5, u * 0.32);
    draw.paint_outline(at.moved(side * (u - box / 2), 0), box / 2, v * 0.59, kLine_m);
    draw.paint_outline(at.moved(side * (u - box / 6), 0), box / 6, v * 0.27, kLine_m);
    draw.paint(at.moved(side * (u - box * 0.25), 0), 1.6, 2.6, Surface::dirt, level::kPlace);
    Shape& goal =
        draw.paint(at.moved(side * (u + 0.6), 0), 0.6, 3.6, Surface::metal, level::kLines);
    goal.height_m = 0.9F;
  }
  draw.area(rectangle(at, half_u, half_v), pitch_tags("soccer", "grass"));
}

void tennis_court(Sketch& draw, const Frame& at) {
  draw.paint(at, 17.5, 8.8, Surface::pitch_clay, level::kPlace);
  draw.paint_outline(at, 11.9, 5.5, kLine_m);
  for (const double side : {-1.0, 1.0}) {
    line(draw, at.moved(0, side * 4.1), 11.9, kLine_m / 2);
    line(draw, at.moved(side * 6.4, 0), kLine_m / 2, 4.1);
  }
  line(draw, at, 6.4, kLine_m / 2);
  draw.paint(at, 0.2, 6.2, Surface::car_glass, level::kLines).height_m = 1;
  draw.area(rectangle(at, 17.5, 8.8), pitch_tags("tennis", "clay"));
}

void basketball_court(Sketch& draw, const Frame& at) {
  draw.paint(at, 15.5, 9, Surface::pitch_hard, level::kPlace);
  draw.paint_outline(at, 14, 7.5, kLine_m);
  line(draw, at, kLine_m / 2, 7.5);
  draw.paint_ring_line(at.origin, 1.9, kLine_m, Surface::paint_white, level::kLines);
  for (const double side : {-1.0, 1.0}) {
    draw.paint(at.moved(side * 11.1, 0), 2.9, 2.4, Surface::tartan, level::kLines);
    draw.paint_outline(at.moved(side * 11.1, 0), 2.9, 2.4, kLine_m);
  }
  draw.area(rectangle(at, 15.5, 9), pitch_tags("basketball", "acrylic"));
}

void baseball_field(Sketch& draw, const Frame& at, double size) {
  // Home plate at the frame's origin, the field opens along u.
  const auto wedge = [&](double radius, double half_angle) {
    Path ring{at.origin};
    for (int i = -12; i <= 12; ++i) {
      const double a = half_angle * i / 12;
      ring.push_back(at.at(radius * std::cos(a), radius * std::sin(a)));
    }
    return closed(ring);
  };
  constexpr double kRight = std::numbers::pi / 4;
  draw.paint({wedge(size * 1.03, kRight * 1.04)}, Surface::dirt, level::kPlace);
  draw.paint({wedge(size, kRight)}, Surface::pitch_grass, level::kPlace).frame = at;
  draw.paint({wedge(size * 0.42, kRight)}, Surface::pitch_clay, level::kPlace);
  const double base = size * 0.24;
  const Frame diamond = at.moved(base / std::numbers::sqrt2 * 1.05, 0, kRight);
  draw.paint(diamond, base * 0.42, base * 0.42, Surface::pitch_grass, level::kPlace);
  draw.paint_disc(diamond.origin, size * 0.03, Surface::dirt, level::kPlace);
  draw.paint_disc(at.origin, size * 0.045, Surface::dirt, level::kPlace);
  for (const double side : {-1.0, 1.0}) {
    const Frame foul = at.moved(0, 0, side * kRight);
    line(draw, foul.moved(size * 0.48, 0), size * 0.46, kLine_m / 2);
  }
  draw.area(wedge(size, kRight), pitch_tags("baseball", "grass"));
}

void running_track(Sketch& draw, const Frame& at) {
  constexpr double kStraight = 42.2;
  constexpr double kOuter = 46;
  constexpr double kInner = 36.5;
  draw.paint({oval(at, kStraight, kOuter)}, Surface::tartan, level::kPlace);
  for (int lane = 0; lane <= 8; ++lane) {
    const double r = kInner + 1.18 * lane;
    draw.paint({oval(at, kStraight, r + 0.12), oval(at, kStraight, r - 0.12)}, Surface::paint_white,
               level::kPlace);
  }
  draw.paint({oval(at, kStraight, kInner - 0.4)}, Surface::pitch_grass, level::kPlace).frame = at;
  line(draw, at.moved(kStraight * 0.9, -(kInner + kOuter) / 2), kLine_m, (kOuter - kInner) / 2);
  soccer_pitch(draw, at, 50, 32.5);
  for (const double side : {-1.0, 1.0})
    draw.paint_disc(at.at(side * 62, 8), 5, Surface::tartan, level::kPlace);
  draw.area(
      std::vector<Path>{oval(at, kStraight, kOuter), oval(at, kStraight, kInner)},
      make_tags(
          {{"leisure", "track"}, {"sport", "athletics"}, {"surface", "tartan"}, {"lanes", "8"}}));
}

void playground(Sketch& draw, const Frame& at, double half_u, double half_v) {
  const Path ring = blob(at, half_u * 1.1, half_v * 1.1, draw.random());
  draw.paint({ring}, Surface::sand, level::kPlace);
  RandomStream& r = draw.random();
  for (int i = 0; i < 9; ++i) {
    const Point half = point_in({0.5, 0.4, 2.2, 1.1}, r);
    const double turn = r.uniform(0, 3);
    const Point place = point_in({-0.6 * half_u, -0.6 * half_v, 0.6 * half_u, 0.6 * half_v}, r);
    Shape& toy =
        draw.paint(at.moved(place.x, place.y, turn), half.x, half.y, Surface::car, level::kCar);
    toy.colour = r.chance(0.5)   ? Rgb{206, 60, 46}
                 : r.chance(0.5) ? Rgb{48, 90, 170}
                                 : Rgb{224, 186, 50};
    toy.height_m = 1.8F;
  }
  draw.area(ring, make_tags({{"leisure", "playground"}, {"surface", "sand"}}));
}

void fountain(Sketch& draw, Point at, double radius_m) {
  draw.paint_disc(at, radius_m + 2.5, Surface::paving, level::kPlace);
  draw.paint_disc(at, radius_m, Surface::concrete, level::kPlace).height_m = 0.6F;
  draw.paint_disc(at, radius_m - 0.7, Surface::water_pool, level::kPlace).height_m = 0.4F;
  draw.paint_disc(at, 0.9, Surface::masonry, level::kPlace).height_m = 2.5F;
  draw.area(circle(at, radius_m), make_tags({{"amenity", "fountain"}}));
}

void helipad(Sketch& draw, Point at) {
  draw.paint_disc(at, 10.5, Surface::concrete, level::kPlace).colour = {120, 122, 124};
  draw.paint_ring_line(at, 9.2, 0.7, Surface::paint_white, level::kLines);
  const Frame frame{at, {1, 0}};
  for (const double side : {-2.2, 2.2}) line(draw, frame.moved(side, 0), 0.5, 4);
  line(draw, frame, 2.2, 0.5);
  draw.area(circle(at, 10.5), make_tags({{"aeroway", "helipad"}, {"surface", "concrete"}}));
}

}  // namespace skyglot::simulate
