// SPDX-License-Identifier: Apache-2.0
// The sheet a small map is drawn on: projection, graticule, scale bar, north arrow.
#pragma once

#include "geo/geometry.hpp"
#include "page/svg.hpp"

#include <string>

namespace skyglot {

/// Equirectangular with the middle latitude true to scale (Snyder, Map Projections, USGS 1395,
/// p. 90): good for a region, plain for the world.
class MapFrame {
 public:
  /// A frame that shows `box_lonlat` (continuous over the antimeridian) with a little ground around
  /// it, at least 200 m a side.
  explicit MapFrame(Box box_lonlat);

  [[nodiscard]] SvgSize size() const;
  [[nodiscard]] Point pixel_from_lonlat(Point lonlat) const;
  /// On the ground, along the middle latitude.
  [[nodiscard]] double metres_per_pixel() const;
  /// What is shown, which may be more than was asked for.
  [[nodiscard]] const Box& box_lonlat() const { return box_; }

  /// Frame, meridians and parallels with their labels.
  [[nodiscard]] std::string graticule() const;
  /// Scale bar (where one scale holds: up to 20 degrees of latitude) and north arrow.
  [[nodiscard]] std::string furniture() const;

 private:
  [[nodiscard]] std::string scale_bar() const;
  Box box_;
  double cos_latitude_ = 1;
  double pixels_per_degree_ = 1;  ///< of latitude
  double width_ = 0;              ///< of the map without its margins
  double height_ = 0;
};

/// "73.99° W", "0°", "52.5° N"; longitudes of any turn.
[[nodiscard]] std::string longitude_text(double degrees, int decimals);
[[nodiscard]] std::string latitude_text(double degrees, int decimals);
/// "200 m", "5 km".
[[nodiscard]] std::string distance_text(double metres);

}  // namespace skyglot
