// SPDX-License-Identifier: Apache-2.0
#include "geo/geometry.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {

void Box::add(Point point) {
  min_x = std::min(min_x, point.x);
  min_y = std::min(min_y, point.y);
  max_x = std::max(max_x, point.x);
  max_y = std::max(max_y, point.y);
}

void Box::add(const Box& other) {
  if (other.empty()) return;
  add(Point{other.min_x, other.min_y});
  add(Point{other.max_x, other.max_y});
}

bool contains(const Box& box, Point point) {
  return point.x >= box.min_x && point.x <= box.max_x && point.y >= box.min_y &&
         point.y <= box.max_y;
}

bool contains(const Box& outer, const Box& inner) {
  return !inner.empty() && contains(outer, Point{inner.min_x, inner.min_y}) &&
         contains(outer, Point{inner.max_x, inner.max_y});
}

bool intersects(const Box& a, const Box& b) {
  return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

Box grown(Box box, double margin) {
  return {box.min_x - margin, box.min_y - margin, box.max_x + margin, box.max_y + margin};
}

Box shifted(Box box, double dx, double dy) {
  return {box.min_x + dx, box.min_y + dy, box.max_x + dx, box.max_y + dy};
}

Geometry Geometry::rectangle(const Box& box) {
  return polygon({{box.min_x, box.min_y},
                  {box.max_x, box.min_y},
                  {box.max_x, box.max_y},
                  {box.min_x, box.max_y},
                  {box.min_x, box.min_y}});
}

std::size_t Geometry::point_count() const {
  std::size_t count = 0;
  for (const auto& part : parts)
    for (const Path& path : part) count += path.size();
  return count;
}

Box bounding_box(const Geometry& geometry) {
  Box box;
  for (const auto& part : geometry.parts)
    for (const Path& path : part)
      for (const Point& point : path) box.add(point);
  return box;
}

double unwrapped_longitude(double longitude, double reference) {
  return longitude + 360.0 * std::round((reference - longitude) / 360.0);
}

}  // namespace skyglot
