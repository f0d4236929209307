// SPDX-License-Identifier: Apache-2.0
// Points, boxes and shapes as plain values, in whatever plane the variable's name says.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace skyglot {

struct Point {
  double x = 0;  ///< longitude in degrees, map easting, or pixel column
  double y = 0;  ///< latitude in degrees, map northing, or pixel row
  friend bool operator==(const Point&, const Point&) = default;
};

/// A box with its edges; empty until something is added.
///
/// In longitude and latitude a box over the antimeridian is continuous: max_x may pass 180 (or
/// min_x fall below -180), it never wraps.
struct Box {
  double min_x = std::numeric_limits<double>::infinity();
  double min_y = std::numeric_limits<double>::infinity();
  double max_x = -std::numeric_limits<double>::infinity();
  double max_y = -std::numeric_limits<double>::infinity();

  [[nodiscard]] bool empty() const { return min_x > max_x || min_y > max_y; }
  [[nodiscard]] double width() const { return max_x - min_x; }
  [[nodiscard]] double height() const { return max_y - min_y; }
  [[nodiscard]] Point centre() const { return {(min_x + max_x) / 2, (min_y + max_y) / 2}; }
  void add(Point point);
  void add(const Box& other);
  friend bool operator==(const Box&, const Box&) = default;
};

[[nodiscard]] bool contains(const Box& box, Point point);
[[nodiscard]] bool contains(const Box& outer, const Box& inner);
[[nodiscard]] bool intersects(const Box& a, const Box& b);
[[nodiscard]] Box grown(Box box, double margin);
[[nodiscard]] Box shifted(Box box, double dx, double dy);

/// A run of points; a ring of a polygon repeats its first point at the end.
using Path = std::vector<Point>;

enum class GeometryKind { point, line, polygon };

/// One point, one or several lines, or one or several polygons with holes.
struct Geometry {
  GeometryKind kind = GeometryKind::point;
  /// points and lines: parts[i] = {path}; polygons: parts[i] = {outer ring, hole, hole, ...}
  std::vector<std::vector<Path>> parts;

  [[nodiscard]] static Geometry point(Point at) { return {GeometryKind::point, {{{at}}}}; }
  [[nodiscard]] static Geometry line(Path path) {
    return {GeometryKind::line, {{std::move(path)}}};
  }
  [[nodiscard]] static Geometry polygon(Path ring) {
    return {GeometryKind::polygon, {{std::move(ring)}}};
  }
  [[nodiscard]] static Geometry rectangle(const Box& box);

  [[nodiscard]] std::size_t point_count() const;
  friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// Empty for a geometry without points.
[[nodiscard]] Box bounding_box(const Geometry& geometry);

/// `geometry` with every point replaced by `map(point)`.
template <typename Map>
[[nodiscard]] Geometry mapped(Geometry geometry, Map map) {
  for (auto& part : geometry.parts)
    for (Path& path : part)
      for (Point& point : path) point = map(point);
  return geometry;
}

/// Longitude shifted by whole turns so that it lies within 180 degrees of `reference`.
[[nodiscard]] double unwrapped_longitude(double longitude, double reference);

}  // namespace skyglot
