// SPDX-License-Identifier: Apache-2.0
#include "geo/overlay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

// The stretch [first, second] of the segment a + t (b - a) inside the box (Liang, Barsky 1984).
std::optional<std::pair<double, double>> clip_segment(Point a, Point b, const Box& box) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const std::array<std::pair<double, double>, 4> sides{{{-dx, a.x - box.min_x},
                                                        {dx, box.max_x - a.x},
                                                        {-dy, a.y - box.min_y},
                                                        {dy, box.max_y - a.y}}};
  double enter = 0;
  double leave = 1;
  for (const auto& [slope, distance] : sides) {
    if (slope == 0 && distance < 0) return std::nullopt;
    if (slope < 0) enter = std::max(enter, distance / slope);
    if (slope > 0) leave = std::min(leave, distance / slope);
  }
  if (enter > leave) return std::nullopt;
  return std::pair{enter, leave};
}

// Calls visit(a, b) for each segment of every path until it returns true; whether one did.
template <typename Visit>
bool any_segment(const Geometry& geometry, Visit visit) {
  for (const auto& part : geometry.parts)
    for (const Path& path : part)
      for (std::size_t i = 1; i < path.size(); ++i)
        if (visit(path[i - 1], path[i])) return true;
  return false;
}

bool any_point_inside(const Geometry& geometry, const Box& box) {
  for (const auto& part : geometry.parts)
    for (const Path& path : part)
      if (std::ranges::any_of(path, [&](Point p) { return contains(box, p); })) return true;
  return false;
}

// Keeps the part of the ring on the inner side of one box edge.
template <typename Inside, typename Cross>
Path clip_ring(const Path& ring, Inside inside, Cross cross) {
  Path result;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const Point& a = ring[i - 1];
    const Point& b = ring[i];
    if (inside(a) != inside(b)) result.push_back(cross(a, b));
    if (inside(b)) result.push_back(b);
  }
  if (!result.empty()) result.push_back(result.front());
  return result;
}

Point at_x(Point a, Point b, double x) {
  return {x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)};
}
Point at_y(Point a, Point b, double y) {
  return {a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y};
}

double ring_area(const Path& ring) {
  double twice = 0;
  for (std::size_t i = 1; i < ring.size(); ++i)
    twice += (ring[i - 1].x - ring[0].x) * (ring[i].y - ring[0].y) -
             (ring[i].x - ring[0].x) * (ring[i - 1].y - ring[0].y);
  return std::abs(twice) / 2;
}

Path ring_within(Path ring, const Box& box) {
  ring = clip_ring(
      ring, [&](Point p) { return p.x >= box.min_x; },
      [&](Point a, Point b) { return at_x(a, b, box.min_x); });
  ring = clip_ring(
      ring, [&](Point p) { return p.x <= box.max_x; },
      [&](Point a, Point b) { return at_x(a, b, box.max_x); });
  ring = clip_ring(
      ring, [&](Point p) { return p.y >= box.min_y; },
      [&](Point a, Point b) { return at_y(a, b, box.min_y); });
  ring = clip_ring(
      ring, [&](Point p) { return p.y <= box.max_y; },
      [&](Point a, Point b) { return at_y(a, b, box.max_y); });
  return ring;
}

Geometry clipped_polygon(const Geometry& polygon, const Box& box) {
  Geometry result{GeometryKind::polygon, {}};
  for (const auto& part : polygon.parts) {
    std::vector<Path> rings;
    for (std::size_t i = 0; i < part.size() && (i == 0 || !rings.empty()); ++i)
      if (Path ring = ring_within(part[i], box); !ring.empty()) rings.push_back(std::move(ring));
    if (!rings.empty()) result.parts.push_back(std::move(rings));
  }
  return result;
}

Point between(Point a, Point b, double t) {
  return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

// Stretches that follow one another stay one line.
Geometry clipped_line(const Geometry& line, const Box& box) {
  Geometry result{GeometryKind::line, {}};
  bool goes_on = false;
  any_segment(line, [&](Point a, Point b) {
    const auto stretch = clip_segment(a, b, box);
    if (!stretch) {
      goes_on = false;
      return false;
    }
    goes_on = goes_on && stretch->first == 0 && result.parts.back()[0].back() == a;
    if (!goes_on) result.parts.push_back({Path{between(a, b, stretch->first)}});
    goes_on = stretch->second == 1;
    result.parts.back()[0].push_back(goes_on ? b : between(a, b, stretch->second));
    return false;
  });
  return result;
}

Geometry clipped_points(const Geometry& points, const Box& box) {
  Geometry result{GeometryKind::point, {}};
  std::ranges::copy_if(points.parts, std::back_inserter(result.parts),
                       [&](const auto& part) { return contains(box, part[0][0]); });
  return result;
}

}  // namespace

bool segment_meets_box(Point a, Point b, const Box& box) {
  return clip_segment(a, b, box).has_value();
}

bool polygon_contains(const Geometry& polygon, Point point) {
  bool inside = false;
  any_segment(polygon, [&](Point a, Point b) {
    if ((a.y > point.y) != (b.y > point.y) && point.x < at_y(a, b, point.y).x) inside = !inside;
    return false;
  });
  return inside;
}

bool polygon_contains(const Geometry& polygon, const Box& box) {
  if (!polygon_contains(polygon, box.centre())) return false;
  // An edge that only grazes the border is no obstacle, so the test box is a hair smaller.
  const Box inner = grown(box, -1e-9 * std::max(box.width(), box.height()));
  return !any_segment(polygon, [&](Point a, Point b) { return segment_meets_box(a, b, inner); });
}

bool overlaps(const Geometry& geometry, const Box& box) {
  if (any_point_inside(geometry, box)) return true;
  if (geometry.kind == GeometryKind::point) return false;
  if (any_segment(geometry, [&](Point a, Point b) { return segment_meets_box(a, b, box); }))
    return true;
  return geometry.kind == GeometryKind::polygon && polygon_contains(geometry, box.centre());
}

Geometry clipped(const Geometry& geometry, const Box& box) {
  if (geometry.kind == GeometryKind::point) return clipped_points(geometry, box);
  if (geometry.kind == GeometryKind::line) return clipped_line(geometry, box);
  return clipped_polygon(geometry, box);
}

double area_within(const Geometry& polygon, const Box& box) {
  double area = 0;
  for (const auto& part : polygon.parts)
    for (std::size_t ring = 0; ring < part.size(); ++ring)
      area += (ring == 0 ? 1 : -1) * ring_area(ring_within(part[ring], box));
  return std::max(0.0, area);
}

double length_within(const Geometry& line, const Box& box) {
  double length = 0;
  any_segment(line, [&](Point a, Point b) {
    if (const auto stretch = clip_segment(a, b, box))
      length += (stretch->second - stretch->first) * std::hypot(b.x - a.x, b.y - a.y);
    return false;
  });
  return length;
}

bool meet_on_globe(const Box& a, const Box& b) {
  if (a.max_y < b.min_y || a.min_y > b.max_y) return false;
  return std::ranges::any_of(std::array{0.0, -360.0, 360.0},
                             [&](double turn) { return intersects(shifted(a, turn, 0), b); });
}

}  // namespace skyglot
