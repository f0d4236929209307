// SPDX-License-Identifier: Apache-2.0
#include "simulate/warp.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {

Warp::Warp(std::uint64_t seed, double size_m, std::vector<OrientedBox> straight)
    : fade_m_(std::min(450.0, size_m * 0.2)), straight_(std::move(straight)) {
  RandomStream random(seed, "warp");
  const double quarters = static_cast<double>(random.integer(0, 3));
  turn_ = quarters * std::numbers::pi / 2 + random.uniform(-0.2, 0.2);
  const double scale = std::min(1.0, size_m / 2000);
  double length_m = 1900 * scale;
  for (Wave& wave : waves_) {
    const double k = 2 * std::numbers::pi / (length_m * random.uniform(0.85, 1.15));
    const Point along = direction_of(random.uniform(0, 2 * std::numbers::pi));
    const double shift_m = length_m * 0.023;
    const Point sideways = direction_of(random.uniform(0, 2 * std::numbers::pi));
    wave = {{along.x * k, along.y * k},
            random.uniform(0, 2 * std::numbers::pi),
            {sideways.x * shift_m, sideways.y * shift_m}};
    length_m *= 0.72;
  }
}

double Warp::strength(Point layout) const {
  double strength = 1;
  for (const OrientedBox& box : straight_) {
    const Point p = box.frame.local(layout);
    const double beyond = std::hypot(std::max(0.0, std::abs(p.x) - box.half_u),
                                     std::max(0.0, std::abs(p.y) - box.half_v));
    const double t = std::clamp(beyond / fade_m_, 0.0, 1.0);
    strength *= t * t * (3 - 2 * t);
  }
  return strength;
}

Point Warp::operator()(Point p) const {
  const double s = strength(p);
  Point moved = p;
  for (const Wave& wave : waves_) {
    const double w = s * std::sin(dot(wave.vector, p) + wave.phase);
    moved.x += w * wave.shift.x;
    moved.y += w * wave.shift.y;
  }
  const Point turn = direction_of(turn_);
  return {moved.x * turn.x - moved.y * turn.y, moved.x * turn.y + moved.y * turn.x};
}

Frame Warp::frame(const Frame& layout) const {
  const Point origin = (*this)(layout.origin);
  return {origin, unit(minus((*this)(layout.at(1, 0)), (*this)(layout.at(-1, 0))))};
}

Path Warp::line(const Path& layout, double step_m) const {
  Path plan;
  for (std::size_t i = 0; i + 1 < layout.size(); ++i) {
    const int pieces = std::max(1, static_cast<int>(distance(layout[i], layout[i + 1]) / step_m));
    for (int k = 0; k < pieces; ++k)
      plan.push_back((*this)(between(layout[i], layout[i + 1], static_cast<double>(k) / pieces)));
  }
  if (!layout.empty()) plan.push_back((*this)(layout.back()));
  return plan;
}

Path Warp::ring(const Path& layout, double step_m) const {
  Path closed = layout;
  if (!closed.empty() && closed.front() != closed.back()) closed.push_back(closed.front());
  return line(closed, step_m);
}

}  // namespace skyglot::simulate
