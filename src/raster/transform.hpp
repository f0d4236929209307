// SPDX-License-Identifier: Apache-2.0
// Coordinates from one reference system into another, and pixels of a grid from either.
#pragma once

#include "geo/geometry.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace skyglot {

struct GpkgSystem;

/// GDAL's six numbers: x = a[0] + column a[1] + row a[2], y = a[3] + column a[4] + row a[5];
/// columns and rows count from the outer corner of the first pixel.
using GeoTransform = std::array<double, 6>;

[[nodiscard]] Point map_from_pixel(const GeoTransform& transform, Point pixel);
/// Throws Error(format) if the transform cannot be inverted.
[[nodiscard]] GeoTransform inverse(const GeoTransform& transform);

/// Which way a grid runs against the usual one, north up and east to the right.
struct Mirror {
  bool columns = false;
  bool rows = false;
  friend bool operator==(const Mirror&, const Mirror&) = default;
};
/// What turns the grid north up; of a grid that lies on its side only a mirror image is put right.
[[nodiscard]] Mirror mirror_to_north_up(const GeoTransform& transform);
/// The transform of a width x height grid whose columns and rows are counted the other way round.
[[nodiscard]] GeoTransform mirrored(const GeoTransform& transform, Mirror mirror, int width,
                                    int height);

/// Whether two descriptions mean the same reference system. Throws Error(format) for one that GDAL
/// does not understand.
[[nodiscard]] bool same_crs(const std::string& a, const std::string& b);

/// A reference system as a GeoPackage describes it; "" is a plane of no known place. Throws
/// Error(format) for one that GDAL does not understand.
[[nodiscard]] GpkgSystem gpkg_system(const std::string& crs);

/// Between two reference systems; x is always longitude or easting. Not for use by two threads at
/// once: each thread makes its own.
class CrsTransform {
 public:
  /// Systems as WKT, "EPSG:4326", or anything OGR understands. Throws Error(format).
  CrsTransform(const std::string& source, const std::string& target);
  ~CrsTransform();
  CrsTransform(CrsTransform&&) noexcept;
  CrsTransform& operator=(CrsTransform&&) noexcept;

  /// Nothing where the target system has no such place.
  [[nodiscard]] std::optional<Point> operator()(Point point) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr const char* kLonLat = "EPSG:4326";

/// The pixel grid of one scene on the ground. Not for use by two threads at once.
class SceneGrid {
 public:
  SceneGrid(const GeoTransform& map_from_pixel, const std::string& crs);

  [[nodiscard]] std::optional<Point> pixel_from_lonlat(Point lonlat) const;
  [[nodiscard]] std::optional<Point> lonlat_from_pixel(Point pixel) const;
  /// Box in pixels as a polygon in longitude and latitude, continuous over the antimeridian, each
  /// side cut into `steps` pieces so that bent edges stay true. Nothing if a corner has no place.
  [[nodiscard]] std::optional<Geometry> lonlat_from_pixel(const Box& box_pixel,
                                                          int steps = 8) const;
  /// Every point moved into pixels; nothing if one has no place in the grid's system.
  [[nodiscard]] std::optional<Geometry> pixel_from_lonlat(const Geometry& lonlat) const;

 private:
  GeoTransform map_from_pixel_;
  GeoTransform pixel_from_map_;
  CrsTransform lonlat_from_map_;
  CrsTransform map_from_lonlat_;
};

}  // namespace skyglot
