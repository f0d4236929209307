// SPDX-License-Identifier: Apache-2.0
// A scene as the plane its chips lie in: places on Earth as pixels of the chip's grid.
#pragma once

#include "imagery/aligned_scenes.hpp"
#include "imagery/catalogue.hpp"
#include "raster/transform.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

namespace skyglot {

/// GSD that rules compare with the table's levels: the collection's nominal one, else the scene's
/// to two significant digits (a UTM scene of 10 m has 9.996 to 10.02 m of true ground).
[[nodiscard]] double nominal_gsd_m(const Collection& collection, const Scene& scene);

/// Pixels of the scene for one of the chip: 1, or where the collection has a nominal GSD that the
/// scene differs from by more than 1 %, their ratio.
[[nodiscard]] double chip_scale(const Collection& collection, const Scene& scene);

/// Pixel coordinates here are those of the chips: the scene's own pixels, or larger or smaller ones
/// where the collection asks for another GSD. The plane goes on beyond the scene's edges, where
/// aligned neighbours may show more of it. Not for use by two threads at once.
class ScenePlane {
 public:
  ScenePlane(const ImageryCatalogue& catalogue, const AlignedScenes& aligned,
             std::size_t scene_index);

  [[nodiscard]] double gsd_m() const { return gsd_m_; }
  [[nodiscard]] const Scene& scene() const { return *scene_; }
  /// Shape in chip pixels, seen from the scene's side of the antimeridian; nothing if a point has
  /// no place in the scene's system.
  [[nodiscard]] std::optional<Geometry> from_lonlat(const Geometry& lonlat) const;
  /// The same for one place.
  [[nodiscard]] std::optional<Point> from_lonlat(Point lonlat) const;
  /// Places moved into pixels so far: the work that large shapes cost.
  [[nodiscard]] std::uint64_t points_moved() const { return points_moved_; }
  /// False only for places that the scene surely does not show; costs nothing.
  [[nodiscard]] bool may_show(Point lonlat) const;
  /// Whether the scene, or it and its neighbours together, shows valid pixels over the whole tile.
  [[nodiscard]] bool shows(const PixelWindow& tile) const;
  [[nodiscard]] bool shows(Point at_px) const;
  /// The tile's outline on the ground, continuous over the antimeridian.
  [[nodiscard]] std::optional<Geometry> lonlat_outline(const PixelWindow& tile) const;
  /// Bounds of the tile's ground: all of it, also where its sides bend or a pole lies inside.
  [[nodiscard]] std::optional<Box> lonlat_bounds(const PixelWindow& tile) const;
  /// The scene's pixels under the tile; beyond its edges they are its neighbours'.
  [[nodiscard]] PixelWindow scene_window(const PixelWindow& tile) const;

 private:
  [[nodiscard]] bool neighbours_show(const PixelWindow& tile) const;
  [[nodiscard]] const Geometry& footprint_of(std::size_t scene) const;

  const ImageryCatalogue* catalogue_;
  const AlignedScenes* aligned_;
  std::size_t index_;
  const Scene* scene_;
  double gsd_m_;
  double scale_;  // scene pixels for one chip pixel
  SceneGrid grid_;
  double middle_lon_;
  Box reach_lonlat_;
  Geometry footprint_px_;
  Box raster_px_;
  mutable std::uint64_t points_moved_ = 0;
  mutable std::unordered_map<std::size_t, Geometry> neighbours_px_;  // footprints, on this plane
};

/// Planes made when first asked for; one cache a thread.
class ScenePlanes {
 public:
  ScenePlanes(const ImageryCatalogue& catalogue, const AlignedScenes& aligned)
      : catalogue_(&catalogue), aligned_(&aligned) {}
  [[nodiscard]] const ScenePlane& at(std::size_t scene_index);
  /// Of the planes at hand.
  [[nodiscard]] std::uint64_t points_moved() const;

 private:
  const ImageryCatalogue* catalogue_;
  const AlignedScenes* aligned_;
  std::unordered_map<std::size_t, std::unique_ptr<ScenePlane>> planes_;
};

}  // namespace skyglot
