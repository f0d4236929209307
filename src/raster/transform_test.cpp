// SPDX-License-Identifier: Apache-2.0
#include "raster/transform.hpp"

#include "base/error.hpp"
#include "geo/geopackage.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Transform, PixelAndPlaceAreInverse) {
  const SceneGrid grid({500000, 0.3, 0, 5500000, 0, -0.3}, "EPSG:32633");
  const auto place = grid.lonlat_from_pixel(Point{123.25, 456.75});
  ASSERT_TRUE(place);
  const auto pixel = grid.pixel_from_lonlat(*place);
  ASSERT_TRUE(pixel);
  EXPECT_NEAR(pixel->x, 123.25, 1e-3);
  EXPECT_NEAR(pixel->y, 456.75, 1e-3);
}

TEST(Transform, RotatedGridsInvertToo) {
  const GeoTransform turned{100, 0.5, 0.2, 200, 0.1, -0.4};
  const Point map = map_from_pixel(turned, {7, 9});
  const Point pixel = map_from_pixel(inverse(turned), map);
  EXPECT_NEAR(pixel.x, 7, 1e-9);
  EXPECT_NEAR(pixel.y, 9, 1e-9);
}

TEST(Transform, SceneOverTheAntimeridianStaysInOnePiece) {
  const SceneGrid grid({800000, 1000, 0, 100000, 0, -1000}, "EPSG:32660");
  const auto footprint = grid.lonlat_from_pixel(Box{0, 0, 100, 100});
  ASSERT_TRUE(footprint);
  const Box box = bounding_box(*footprint);
  EXPECT_LT(box.width(), 2);
  EXPECT_GT(box.max_x, 180);
}

TEST(Transform, BadSystemAndSingularGridAreErrors) {
  EXPECT_THROW(CrsTransform("EPSG:none", kLonLat), Error);
  EXPECT_THROW((void)inverse({0, 0, 0, 0, 0, 0}), Error);
}

TEST(Mirror, TurnsEveryGridNorthUp) {
  const GeoTransform usual{100, 2, 0, 500, 0, -2};
  EXPECT_EQ(mirror_to_north_up(usual), (Mirror{}));
  for (const Mirror mirror : {Mirror{true, false}, Mirror{false, true}, Mirror{true, true}}) {
    const GeoTransform turned = mirrored(usual, mirror, 30, 20);
    EXPECT_EQ(mirror_to_north_up(turned), mirror);
    EXPECT_EQ(mirrored(turned, mirror, 30, 20), usual);
  }
  // Lying on its side: turned pictures stay, a mirror image does not.
  EXPECT_EQ(mirror_to_north_up({0, 0, 2, 0, 2, 0}), (Mirror{}));
  EXPECT_EQ(mirror_to_north_up({0, 0, 2, 0, -2, 0}), (Mirror{false, true}));
}

TEST(GpkgSystem, DescribesSystemsWithAndWithoutANumber) {
  EXPECT_EQ(gpkg_system("").id, kUndefinedPlane);
  const GpkgSystem utm = gpkg_system("EPSG:32633");
  EXPECT_EQ(utm.id, 32633);
  EXPECT_EQ(utm.organization, "EPSG");
  EXPECT_EQ(utm.definition.substr(0, 7), "PROJCS[");
  const GpkgSystem own = gpkg_system("+proj=laea +lat_0=47 +lon_0=11 +datum=WGS84");
  EXPECT_EQ(own.id, 100000);
  EXPECT_EQ(own.organization, "NONE");
  EXPECT_EQ(own.definition.substr(0, 7), "PROJCS[");
  EXPECT_THROW((void)gpkg_system("nowhere"), Error);
}

}  // namespace
}  // namespace skyglot
