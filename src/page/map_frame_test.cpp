// SPDX-License-Identifier: Apache-2.0
#include "page/map_frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

TEST(MapFrame, AKilometreIsAsLongEastAsNorth) {
  for (const double latitude : {0.0, 52.5, -33.0, 80.0}) {
    const MapFrame frame({10, latitude, 10.05, latitude + 0.02});
    const double middle = latitude + 0.01;
    const double km_lat = 1000 / 111'195.0;
    const double km_lon = km_lat / std::cos(middle * M_PI / 180);
    const Point a = frame.pixel_from_lonlat({10.01, middle});
    const Point east = frame.pixel_from_lonlat({10.01 + km_lon, middle});
    const Point north = frame.pixel_from_lonlat({10.01, middle + km_lat});
    EXPECT_NEAR(east.x - a.x, a.y - north.y, 1e-6) << latitude;
    EXPECT_NEAR((east.x - a.x) * frame.metres_per_pixel(), 1000, 1e-3) << latitude;
    EXPECT_DOUBLE_EQ(east.y, a.y);
  }
}

TEST(MapFrame, ShowsAllThatWasAskedFor) {
  for (const Box box : {Box{-74.02, 40.7, -73.97, 40.73}, Box{5, 5, 5, 5}, Box{0, 0, 0.001, 0.5},
                        Box{179.9, -18, 180.4, -17}, Box{-180, -85, 180, 85}}) {
    const MapFrame frame(box);
    EXPECT_TRUE(contains(frame.box_lonlat(), box));
    for (const Point corner : {Point{box.min_x, box.min_y}, Point{box.max_x, box.max_y}}) {
      const Point at = frame.pixel_from_lonlat(corner);
      EXPECT_GE(at.x, 0);
      EXPECT_LE(at.x, frame.size().width);
      EXPECT_GE(at.y, 0);
      EXPECT_LE(at.y, frame.size().height);
    }
    EXPECT_LE(frame.size().height, 480);
  }
}

TEST(MapFrame, ScaleBarOnlyWhereOneScaleHolds) {
  EXPECT_THAT(MapFrame({7.1, 54.8, 7.15, 54.9}).furniture(), testing::HasSubstr(" km</text>"));
  EXPECT_THAT(MapFrame({7.1, 54.8, 7.101, 54.801}).furniture(), testing::HasSubstr(" m</text>"));
  EXPECT_THAT(MapFrame({-120, -50, 120, 60}).furniture(), testing::Not(testing::HasSubstr("km")));
}

TEST(MapFrame, Labels) {
  EXPECT_EQ(longitude_text(-73.99, 2), "73.99° W");
  EXPECT_EQ(longitude_text(181, 0), "179° W");
  EXPECT_EQ(longitude_text(0, 1), "0°");
  EXPECT_EQ(latitude_text(-17.5, 1), "17.5° S");
  EXPECT_EQ(distance_text(200), "200 m");
  EXPECT_EQ(distance_text(5000), "5 km");
}

}  // namespace
}  // namespace skyglot
