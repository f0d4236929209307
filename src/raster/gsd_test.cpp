// SPDX-License-Identifier: Apache-2.0
#include "raster/gsd.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

double gsd_at_centre(const GeoTransform& transform, const std::string& crs) {
  return ground_sample_distance_m(SceneGrid(transform, crs), {50, 50}).value();
}

TEST(Gsd, UtmPixelsAreNearlyTheirNominalSize) {
  EXPECT_NEAR(gsd_at_centre({500000, 10, 0, 5500000, 0, -10}, "EPSG:32633"), 10 / 0.9996, 0.001);
}

TEST(Gsd, WebMercatorShrinksWithLatitude) {
  const double northing = 8399737.89;  // 60 degrees north
  const double gsd = gsd_at_centre({0, 1, 0, northing, 0, -1}, "EPSG:3857");
  EXPECT_NEAR(gsd, 0.5, 0.003);
}

TEST(Gsd, DegreesBecomeMetres) {
  const double gsd = gsd_at_centre({10, 1e-4, 0, 0.005, 0, -1e-4}, "EPSG:4326");
  EXPECT_NEAR(gsd, 1e-4 * std::sqrt(111319.49 * 110574.3), 0.001);
}

TEST(Gsd, DistanceOverTheAntimeridianIsShort) {
  EXPECT_NEAR(ground_distance_m({179.9995, 0}, {-179.9995, 0}), 111.319, 0.01);
}

}  // namespace
}  // namespace skyglot
