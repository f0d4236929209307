// SPDX-License-Identifier: Apache-2.0
// Ground sample distance: how many metres of true ground one pixel shows.
#pragma once

#include "raster/transform.hpp"

#include <optional>

namespace skyglot {

/// Distance in metres between two near places on the WGS 84 ellipsoid (radii of curvature at the
/// middle latitude; better than 1 in 10,000 up to 10 km, away from the poles).
[[nodiscard]] double ground_distance_m(Point a_lonlat, Point b_lonlat);

/// Ground metres of one pixel at `pixel`: the geometric mean of its width and height, true ground
/// metres also where the map stretches (Web Mercator, degrees). Nothing outside the system.
[[nodiscard]] std::optional<double> ground_sample_distance_m(const SceneGrid& grid, Point pixel);

/// Metres of one degree of latitude on the mean Earth, the convention of SkyScript's tiles.
inline constexpr double kMetresPerDegree = 111320.0;

}  // namespace skyglot
