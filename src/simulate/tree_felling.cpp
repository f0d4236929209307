// SPDX-License-Identifier: Apache-2.0
#include "simulate/tree_felling.hpp"

#include "geo/overlay.hpp"
#include "simulate/sketch.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace skyglot::simulate {
namespace {

// Squares of 32 m with the shapes that reach into them, in painting order.
class ShapeIndex {
 public:
  void add(const Shape& shape, double margin_m) {
    const Box box = grown(bounding_box({GeometryKind::polygon, {shape.rings}}), margin_m);
    for (auto y = cell(box.min_y); y <= cell(box.max_y); ++y)
      for (auto x = cell(box.min_x); x <= cell(box.max_x); ++x) cells_[{x, y}].push_back(&shape);
  }
  [[nodiscard]] const std::vector<const Shape*>& near(Point at) const {
    static const std::vector<const Shape*> kNone;
    const auto found = cells_.find({cell(at.x), cell(at.y)});
    return found == cells_.end() ? kNone : found->second;
  }

 private:
  static std::int64_t cell(double metres) {
    return static_cast<std::int64_t>(std::floor(metres / 32));
  }
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const Shape*>> cells_;
};

Geometry outline_of(const Shape& shape) {
  return {GeometryKind::polygon, {shape.rings}};
}

bool is_water(const Shape& shape) {
  return look_of(shape.surface).land_class == LandClass::water;
}

// Where trees cannot stand. References into the town's shapes.
class Obstacles {
 public:
  explicit Obstacles(const Town& town) {
    for (const Shape& shape : town.shapes) {
      if (shape.level == level::kBuilding) buildings_.add(shape, 6);
      // What is painted over water on its own level, such as an island, is land again.
      if (shape.level == level::kWater) shores_.add(shape, 0);
      if (shape.level != level::kWater && is_water(shape)) basins_.add(shape, 0);
    }
  }
  [[nodiscard]] bool forbid(const Tree& tree) const {
    const auto holds = [&](const Shape* shape) {
      return polygon_contains(outline_of(*shape), tree.at);
    };
    if (std::ranges::any_of(basins_.near(tree.at), holds)) return true;
    const auto& shores = shores_.near(tree.at);
    const auto top = std::find_if(shores.rbegin(), shores.rend(), holds);
    if (top != shores.rend() && is_water(**top)) return true;
    return std::ranges::any_of(buildings_.near(tree.at),
                               [&](const Shape* shape) { return too_near(*shape, tree); });
  }

 private:
  static bool too_near(const Shape& shape, const Tree& tree) {
    const Geometry outline = outline_of(shape);
    if (polygon_contains(outline, tree.at)) return true;
    Box crown;
    crown.add(tree.at);
    return overlaps(outline, grown(crown, tree.radius_m * 0.7));
  }
  ShapeIndex buildings_;
  ShapeIndex shores_;
  ShapeIndex basins_;
};

}  // namespace

void fell_trees(Town& town) {
  const Obstacles obstacles(town);
  std::set<std::pair<double, double>> felled;
  std::erase_if(town.trees, [&](const Tree& tree) {
    const bool fell = obstacles.forbid(tree);
    if (fell) felled.insert({tree.at.x, tree.at.y});
    return fell;
  });
  std::erase_if(town.features, [&](const Feature& feature) {
    if (feature.kind != FeatureKind::node) return false;
    const Point at = feature.geometry.parts[0][0][0];
    return felled.contains({at.x, at.y}) && find_value(feature.tags, "natural") != nullptr;
  });
}

}  // namespace skyglot::simulate
