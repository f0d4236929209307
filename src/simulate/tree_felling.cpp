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

// Squares of 32 m with the buildings that reach into them.
class BuildingIndex {
 public:
  explicit BuildingIndex(const Town& town) {
    for (const Shape& shape : town.shapes) {
      if (shape.level != level::kBuilding) continue;
      const Box box = grown(bounding_box({GeometryKind::polygon, {shape.rings}}), 6);
      for (auto y = cell(box.min_y); y <= cell(box.max_y); ++y)
        for (auto x = cell(box.min_x); x <= cell(box.max_x); ++x) cells_[{x, y}].push_back(&shape);
    }
  }
  [[nodiscard]] bool hidden_by(const Tree& tree) const {
    const auto found = cells_.find({cell(tree.at.x), cell(tree.at.y)});
    if (found == cells_.end()) return false;
    return std::ranges::any_of(found->second,
                               [&](const Shape* shape) { return too_near(*shape, tree); });
  }

 private:
  static std::int64_t cell(double metres) {
    return static_cast<std::int64_t>(std::floor(metres / 32));
  }
  static bool too_near(const Shape& shape, const Tree& tree) {
    const Geometry outline{GeometryKind::polygon, {shape.rings}};
    if (polygon_contains(outline, tree.at)) return true;
    Box crown;
    crown.add(tree.at);
    return overlaps(outline, grown(crown, tree.radius_m * 0.7));
  }
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const Shape*>> cells_;
};

}  // namespace

void fell_trees(Town& town) {
  const BuildingIndex buildings(town);
  std::set<std::pair<double, double>> felled;
  std::erase_if(town.trees, [&](const Tree& tree) {
    const bool fell = buildings.hidden_by(tree);
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
