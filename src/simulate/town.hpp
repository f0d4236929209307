// SPDX-License-Identifier: Apache-2.0
// A simulated town as plain values: what the map says about it and what the ground looks like.
//
// Everything is in the plan: metres east (x) and north (y) of the town's centre.
#pragma once

#include "base/tag.hpp"
#include "geo/geometry.hpp"
#include "simulate/surface.hpp"

#include <cstdint>
#include <vector>

namespace skyglot::simulate {

/// A place with a direction: u along `axis` (a unit vector), v to its left.
struct Frame {
  Point origin{};
  Point axis{1, 0};

  [[nodiscard]] Point at(double u, double v) const {
    return {origin.x + axis.x * u - axis.y * v, origin.y + axis.y * u + axis.x * v};
  }
  [[nodiscard]] Point local(Point p) const {
    const double dx = p.x - origin.x;
    const double dy = p.y - origin.y;
    return {dx * axis.x + dy * axis.y, dy * axis.x - dx * axis.y};
  }
  /// The frame at (u, v), turned left by `radians`.
  [[nodiscard]] Frame moved(double u, double v, double radians = 0) const;
};

/// How the height of a shape runs over its frame.
enum class Roof : std::uint8_t {
  flat,
  gabled,    ///< ridge along u
  hipped,    ///< pyramidal where the shape is square
  skillion,  ///< rises with v
  round,     ///< a barrel along u
  dome,
  cone,
  sawtooth,
  ring,  ///< rises from every edge, courtyards too
};

/// A patch of one material; later and higher levels paint over earlier ones.
struct Shape {
  std::vector<Path> rings;  ///< even-odd; each repeats its first point
  Surface surface = Surface::meadow;
  int level = 0;
  Rgb colour{};
  float height_m = 0;  ///< of the eaves above the ground
  float roof_m = 0;    ///< of the ridge above the eaves
  Roof roof = Roof::flat;
  Frame frame{};
  float half_u = 1;
  float half_v = 1;
  float tree_gap_m = 0;  ///< trees of a closed stand, this far apart; 0: none
  float conifers = 0;    ///< share of the stand
};

enum class TreeKind : std::uint8_t { broadleaf, conifer, fruit, bush, poplar };

struct Tree {
  Point at;
  float radius_m = 3;
  float height_m = 8;
  TreeKind kind = TreeKind::broadleaf;
  std::uint32_t seed = 0;
};

enum class FeatureKind : std::uint8_t { node, way, area };

/// One object of the map. An area with holes or several parts becomes a multipolygon relation.
struct Feature {
  FeatureKind kind = FeatureKind::node;
  Tags tags;
  Geometry geometry;
};

struct Town {
  std::uint64_t seed = 1;
  double size_m = 0;   ///< side of the square that the aerial pictures show
  double world_m = 0;  ///< side of the square with the surroundings
  std::vector<Feature> features;
  std::vector<Shape> shapes;  ///< in painting order
  std::vector<Tree> trees;
};

}  // namespace skyglot::simulate
