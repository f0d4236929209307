// SPDX-License-Identifier: Apache-2.0
// Outlines of the plain figures that builders draw with.
#include "simulate/sketch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {

Path closed(Path ring) {
  if (!ring.empty() && ring.front() != ring.back()) ring.push_back(ring.front());
  return ring;
}

Path rectangle(const Frame& f, double u, double v) {
  return {f.at(-u, -v), f.at(u, -v), f.at(u, v), f.at(-u, v), f.at(-u, -v)};
}

Path circle(Point at, double radius_m) {
  const int corners = std::clamp(static_cast<int>(radius_m * 2.5), 12, 48);
  Path ring;
  for (int i = 0; i < corners; ++i) {
    const Point d = direction_of(2 * std::numbers::pi * i / corners);
    ring.push_back({at.x + d.x * radius_m, at.y + d.y * radius_m});
  }
  return closed(ring);
}

Point point_in(const Box& box, RandomStream& random) {
  const double y = random.uniform(box.min_y, box.max_y);
  const double x = random.uniform(box.min_x, box.max_x);
  return {x, y};
}

Path blob(const Frame& frame, double half_u, double half_v, RandomStream& random) {
  const double p2 = random.uniform(0, 6.28);
  const double p3 = random.uniform(0, 6.28);
  const double p5 = random.uniform(0, 6.28);
  const int corners = std::clamp(static_cast<int>(half_u * 0.6), 18, 72);
  Path ring;
  for (int i = 0; i < corners; ++i) {
    const double a = 2 * std::numbers::pi * i / corners;
    const double r = 0.83 + 0.09 * std::sin(2 * a + p2) + 0.06 * std::sin(3 * a + p3) +
                     0.03 * std::sin(5 * a + p5);
    ring.push_back(frame.at(r * half_u * std::cos(a), r * half_v * std::sin(a)));
  }
  return closed(ring);
}

Path beside(const Path& line, double offset_m) {
  Path moved;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Point before = line[i > 0 ? i - 1 : 0];
    const Point after = line[std::min(i + 1, line.size() - 1)];
    const Point d = unit(minus(after, before));
    moved.push_back({line[i].x - d.y * offset_m, line[i].y + d.x * offset_m});
  }
  return moved;
}

Path strip(const Path& line, double width_m) {
  Path ring = beside(line, width_m / 2);
  Path other = beside(line, -width_m / 2);
  ring.insert(ring.end(), other.rbegin(), other.rend());
  return closed(ring);
}

Path oval(const Frame& frame, double half_straight, double radius) {
  Path ring;
  constexpr int kSteps = 16;
  for (int side = 0; side < 2; ++side)
    for (int i = 0; i <= kSteps; ++i) {
      const double a = std::numbers::pi * (static_cast<double>(i) / kSteps - 0.5 + side);
      ring.push_back(frame.at((side == 0 ? half_straight : -half_straight) + radius * std::cos(a),
                              radius * std::sin(a)));
    }
  return closed(ring);
}

double length_of(const Path& path) {
  double length = 0;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) length += distance(path[i], path[i + 1]);
  return length;
}

std::vector<Frame> along(const Path& path, double step_m, double start_m) {
  std::vector<Frame> frames;
  double next = start_m;
  double done = 0;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const double length = distance(path[i], path[i + 1]);
    for (; length > 0 && next <= done + length; next += step_m)
      frames.push_back({between(path[i], path[i + 1], (next - done) / length),
                        unit(minus(path[i + 1], path[i]))});
    done += length;
  }
  return frames;
}

}  // namespace skyglot::simulate
