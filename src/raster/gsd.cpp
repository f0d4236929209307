// SPDX-License-Identifier: Apache-2.0
#include "raster/gsd.hpp"

#include <cmath>
#include <numbers>

namespace skyglot {

double ground_distance_m(Point a, Point b) {
  constexpr double kSemiMajor = 6378137.0;
  constexpr double kEccentricity2 = 0.00669437999014;
  constexpr double kRadians = std::numbers::pi / 180;
  const double latitude = (a.y + b.y) / 2 * kRadians;
  const double w2 = 1 - kEccentricity2 * std::sin(latitude) * std::sin(latitude);
  const double meridian_m = kSemiMajor * (1 - kEccentricity2) / std::pow(w2, 1.5);
  const double parallel_m = kSemiMajor / std::sqrt(w2) * std::cos(latitude);
  const double dx = (unwrapped_longitude(b.x, a.x) - a.x) * kRadians * parallel_m;
  const double dy = (b.y - a.y) * kRadians * meridian_m;
  return std::hypot(dx, dy);
}

std::optional<double> ground_sample_distance_m(const SceneGrid& grid, Point pixel) {
  const auto left = grid.lonlat_from_pixel(Point{pixel.x - 0.5, pixel.y});
  const auto right = grid.lonlat_from_pixel(Point{pixel.x + 0.5, pixel.y});
  const auto top = grid.lonlat_from_pixel(Point{pixel.x, pixel.y - 0.5});
  const auto bottom = grid.lonlat_from_pixel(Point{pixel.x, pixel.y + 0.5});
  if (!left || !right || !top || !bottom) return std::nullopt;
  return std::sqrt(ground_distance_m(*left, *right) * ground_distance_m(*top, *bottom));
}

}  // namespace skyglot
