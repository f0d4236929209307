// SPDX-License-Identifier: Apache-2.0
// What a map's objects say of the land under them, pixel by pixel.
#pragma once

#include "imagery/catalogue.hpp"
#include "osm/object_store.hpp"
#include "raster/burn.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

class SceneGrid;

/// Objects with this tag are of this class of land.
struct ObjectRule {
  Tag tag;                  ///< the value "*" stands for any
  std::string name;         ///< of the class
  int rank = 0;             ///< where objects lie over one another, the class of the highest holds
  double half_width_m = 0;  ///< of lines; 0: lines say nothing
  double least_gsd_m = 0;   ///< imagery that shows the class as such
  double most_gsd_m = 0;
};

/// A table as data/landcover_objects.csv. Throws Error(format) naming line and cell.
[[nodiscard]] std::vector<ObjectRule> parse_object_rules(const std::string& csv,
                                                         const std::string& name);

/// Labels by the objects of a store. Not for use by two threads at once.
class ObjectLabels {
 public:
  ObjectLabels(std::unique_ptr<ObjectStore> store, std::vector<ObjectRule> rules);
  ~ObjectLabels();

  /// Classes of the rules, in their order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// A byte a pixel of the window: class + 1, or 0 where the map says nothing, or says something
  /// else within `inset_m`, for objects are seldom drawn to the pixel. Throws Error(input) for a
  /// scene without a place on the earth.
  [[nodiscard]] std::vector<std::uint8_t> over(const Scene& scene, const PixelWindow& window,
                                               double inset_m);

 private:
  /// Rule that holds for an object seen at `gsd_m`; nullptr: none.
  [[nodiscard]] const ObjectRule* rule_of(const MapObject& object, double gsd_m) const;
  [[nodiscard]] const SceneGrid& grid_of(const Scene& scene);
  /// In the window's pixels, in the order in which they cover one another.
  [[nodiscard]] std::vector<BurnShape> shapes_in(const SceneGrid& grid, const PixelWindow& window,
                                                 double gsd_m);

  std::unique_ptr<ObjectStore> store_;
  std::vector<ObjectRule> rules_;
  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<SceneGrid>> grids_;
};

/// A store by ObjectStore's name with the rules of a file, or the built-in ones where it is empty.
[[nodiscard]] ObjectLabels open_object_labels(const std::string& store,
                                              const std::filesystem::path& rules);

/// Labels of pixels that have the same label as all others within `inset` pixels in rows and
/// columns; 0 for the others. What lies outside is taken to go on.
[[nodiscard]] std::vector<std::uint8_t> inner_labels(const std::vector<std::uint8_t>& labels,
                                                     int width, int inset);

}  // namespace skyglot
