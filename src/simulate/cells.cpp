// SPDX-License-Identifier: Apache-2.0
#include "simulate/cells.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot::simulate {

double distance(Point a, Point b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}
Point between(Point a, Point b, double share) {
  return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}
Point unit(Point a) {
  const double length = std::hypot(a.x, a.y);
  return length > 0 ? Point{a.x / length, a.y / length} : Point{1, 0};
}
Point direction_of(double radians) {
  return {std::cos(radians), std::sin(radians)};
}
double side_of(const Line& line, Point p) {
  return cross(line.direction, minus(p, line.on));
}

Frame Frame::moved(double u, double v, double radians) const {
  const Point turned = direction_of(radians);
  return {at(u, v), {axis.x * turned.x - axis.y * turned.y, axis.y * turned.x + axis.x * turned.y}};
}

namespace {

// The part of `cell` on the side where sign * side_of() is positive. A street runs from each corner
// to the next, so where the cut leaves the cell the new edge takes over.
Cell half_of(const Cell& cell, const Line& line, int street, double sign) {
  Cell kept;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const Corner& here = cell[i];
    const Corner& next = cell[(i + 1) % cell.size()];
    const double d0 = sign * side_of(line, here.at);
    const double d1 = sign * side_of(line, next.at);
    if (d0 >= 0) kept.push_back(here);
    if ((d0 > 0 && d1 < 0) || (d0 < 0 && d1 > 0))
      kept.push_back({between(here.at, next.at, d0 / (d0 - d1)), d0 > 0 ? street : here.street});
    else if (d0 == 0 && d1 < 0)
      kept.back().street = street;
  }
  return kept.size() >= 3 ? kept : Cell{};
}

}  // namespace

std::pair<Cell, Cell> split(const Cell& cell, const Line& line, int street) {
  return {half_of(cell, line, street, 1), half_of(cell, line, street, -1)};
}

std::optional<std::pair<Point, Point>> chord(const Cell& cell, const Line& line) {
  std::vector<Point> hits;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const Point a = cell[i].at;
    const Point b = cell[(i + 1) % cell.size()].at;
    const double d0 = side_of(line, a);
    const double d1 = side_of(line, b);
    if ((d0 >= 0) != (d1 >= 0)) hits.push_back(between(a, b, d0 / (d0 - d1)));
  }
  if (hits.size() != 2) return std::nullopt;
  return std::pair{hits[0], hits[1]};
}

Cell inset(const Cell& cell, const std::function<double(int)>& margin_of_street) {
  Cell rest = cell;
  for (std::size_t i = 0; i < cell.size() && !rest.empty(); ++i) {
    const Point direction = unit(minus(cell[(i + 1) % cell.size()].at, cell[i].at));
    const double margin = margin_of_street(cell[i].street);
    const Point on{cell[i].at.x - direction.y * margin, cell[i].at.y + direction.x * margin};
    rest = split(rest, {on, direction}, cell[i].street).first;
  }
  return rest;
}

Path corners_of(const Cell& cell) {
  Path path;
  for (const Corner& corner : cell) path.push_back(corner.at);
  return path;
}

double area_of(const Path& path) {
  double twice = 0;
  for (std::size_t i = 0; i < path.size(); ++i)
    twice += cross(path[i], path[(i + 1) % path.size()]);
  return std::abs(twice) / 2;
}

Point centroid_of(const Path& path) {
  Point sum{};
  double weight = 0;
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    const double w = cross(minus(path[i], path[0]), minus(path[i + 1], path[0]));
    sum.x += w * (path[0].x + path[i].x + path[i + 1].x) / 3;
    sum.y += w * (path[0].y + path[i].y + path[i + 1].y) / 3;
    weight += w;
  }
  return weight != 0 ? Point{sum.x / weight, sum.y / weight} : path.at(0);
}

bool inside_convex(const Path& path, Point p, double margin) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Point a = path[i];
    const Point b = path[(i + 1) % path.size()];
    if (distance(a, b) > 1e-6 && side_of({a, unit(minus(b, a))}, p) < margin) return false;
  }
  return !path.empty();
}

OrientedBox oriented_box(const Path& path) {
  OrientedBox best;
  double best_area = -1;
  for (std::size_t i = 0; i < path.size(); ++i) {
    Frame frame{path[i], unit(minus(path[(i + 1) % path.size()], path[i]))};
    Box box;
    for (const Point p : path) box.add(frame.local(p));
    const double area = box.width() * box.height();
    if (best_area >= 0 && area >= best_area) continue;
    best_area = area;
    frame = frame.moved(box.centre().x, box.centre().y);
    best = {frame, box.width() / 2, box.height() / 2};
  }
  if (best.half_v > best.half_u) {
    best.frame = best.frame.moved(0, 0, std::acos(-1.0) / 2);
    std::swap(best.half_u, best.half_v);
  }
  return best;
}

}  // namespace skyglot::simulate
