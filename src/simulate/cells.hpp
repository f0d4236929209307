// SPDX-License-Identifier: Apache-2.0
// Convex cells whose edges know the street they lie on: the material of the town's layout.
#pragma once

#include "geo/geometry.hpp"
#include "simulate/town.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace skyglot::simulate {

/// A corner, and the street along the edge from here to the next corner; -1: none.
struct Corner {
  Point at;
  int street = -1;
};
/// Counter-clockwise and convex.
using Cell = std::vector<Corner>;

struct Line {
  Point on;
  Point direction;  ///< unit vector
};

// Inline: the painter and the shader call them for every pixel.
[[nodiscard]] inline double dot(Point a, Point b) {
  return a.x * b.x + a.y * b.y;
}
[[nodiscard]] inline double cross(Point a, Point b) {
  return a.x * b.y - a.y * b.x;
}
[[nodiscard]] inline Point minus(Point a, Point b) {
  return {a.x - b.x, a.y - b.y};
}
[[nodiscard]] double distance(Point a, Point b);
[[nodiscard]] Point between(Point a, Point b, double share);
[[nodiscard]] Point unit(Point a);
[[nodiscard]] Point direction_of(double radians);
/// Metres left of the line (negative: right).
[[nodiscard]] double side_of(const Line& line, Point p);

/// The parts left and right of `line`; the new edges lie on `street`. A part may be empty.
[[nodiscard]] std::pair<Cell, Cell> split(const Cell& cell, const Line& line, int street);
/// Where the line enters and leaves the cell, or nothing if it misses it.
[[nodiscard]] std::optional<std::pair<Point, Point>> chord(const Cell& cell, const Line& line);
/// The cell with every edge moved inwards by what `margin_of_street` says; empty if gone.
[[nodiscard]] Cell inset(const Cell& cell, const std::function<double(int)>& margin_of_street);

[[nodiscard]] Path corners_of(const Cell& cell);
/// Of an open or closed convex path.
[[nodiscard]] double area_of(const Path& path);
[[nodiscard]] Point centroid_of(const Path& path);
/// Whether `p` lies at least `margin` inside the open, counter-clockwise, convex path.
[[nodiscard]] bool inside_convex(const Path& path, Point p, double margin = 0);

/// The smallest rectangle along one of the path's edges: u is its long side.
struct OrientedBox {
  Frame frame;  ///< origin at the centre
  double half_u = 0;
  double half_v = 0;
};
[[nodiscard]] OrientedBox oriented_box(const Path& path);

}  // namespace skyglot::simulate
