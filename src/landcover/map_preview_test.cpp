// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_preview.hpp"

#include "base/base64.hpp"
#include "pictures/png.hpp"
#include "raster/raster_writer.hpp"

#include "landcover/landcover_testing.hpp"
#include <gtest/gtest.h>

namespace skyglot {
namespace {

// A map of 60 x 40 pixels: class 2 on the left half, class 1 on the right, nothing in the corner.
std::filesystem::path write_map(const std::filesystem::path& path) {
  RasterSpec spec;
  spec.width = 60;
  spec.height = 40;
  spec.nodata = 0;
  spec.band_names = {"land cover"};
  std::vector<std::uint8_t> labels;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x)
      labels.push_back(static_cast<std::uint8_t>(x < 4 && y < 4 ? 0 : x < 30 ? 2 : 1));
  RasterWriter writer(path, spec);
  writer.write<std::uint8_t>({0, 0, 60, 40}, labels);
  writer.finish();
  return path;
}

TEST(MapPreview, ShowsImageryMapAndLegend) {
  const auto folder = landcover_testing::fresh_folder();
  const Ground ground =
      Ground::open({landcover_testing::write_ground(folder / "a<b.tif", 0, 0, 60, 40)}, {});
  MapLegend legend{{{"wood & heath", {0, 100, 0}}, {"water", {0, 0, 200}}, {"never", {1, 2, 3}}},
                   {1200, 1184, 0}};
  const std::string svg = map_preview_svg(ground, 0, write_map(folder / "map.tif"), legend, 30);
  EXPECT_NE(svg.find("wood &amp; heath"), std::string::npos);
  EXPECT_NE(svg.find("50.3%"), std::string::npos);
  EXPECT_EQ(svg.find("never"), std::string::npos);
  EXPECT_EQ(svg.find("a<b"), std::string::npos);
  Picture expected{30, 20, 3, {}};
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x) {
      const Colour colour = x < 2 && y < 2 ? Colour{255, 255, 255}
                            : x < 15       ? legend.classes[1].colour
                                           : legend.classes[0].colour;
      expected.pixels.insert(expected.pixels.end(), colour.begin(), colour.end());
    }
  EXPECT_NE(svg.find(base64(encode_png(expected))), std::string::npos);
}

}  // namespace
}  // namespace skyglot
