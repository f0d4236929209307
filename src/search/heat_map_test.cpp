// SPDX-License-Identifier: Apache-2.0
#include "search/heat_map.hpp"

#include "base/error.hpp"

#include "search/search_testing.hpp"

#include <array>
#include <cmath>

namespace skyglot {
namespace {

class HeatMaps : public search_testing::OneIndex {};

TEST_F(HeatMaps, APixelIsTheMeanOfTheWindowsThatShowIt) {
  WindowIndex index = WindowIndex::open(folder_ / "index");
  // A score of each window that says which it is.
  std::vector<float> scores;
  for (std::int64_t i = 0; i < index.size(); ++i) scores.push_back(static_cast<float>(i % 7) / 7);
  const HeatMap made = write_heat_map(folder_ / "heat.tif", index, scores, nullptr);
  EXPECT_NEAR(made.pixel_m, 40, 1);
  const Raster raster = Raster::open((folder_ / "heat.tif").string());
  EXPECT_EQ(raster.info().width, made.width);
  const SceneGrid grid(*raster.info().map_from_pixel, raster.info().crs_wkt);
  for (const PixelWindow pixel : {PixelWindow{3, 5, 1, 1}, PixelWindow{10, 2, 1, 1}}) {
    const auto middle = grid.lonlat_from_pixel(Point{pixel.x + 0.5, pixel.y + 0.5});
    ASSERT_TRUE(middle);
    double sum = 0;
    const auto rows = index.windows().holding(*middle);
    ASSERT_FALSE(rows.empty());
    for (const std::int64_t row : rows) sum += double{scores[static_cast<std::size_t>(row)]};
    std::array<float, 1> value{};
    raster.read<float>({pixel, {1}, 1, 1}, value);
    EXPECT_NEAR(double{value[0]}, sum / static_cast<double>(rows.size()), 0.1);
  }
  std::array<float, 1> corner{};
  raster.read<float>({{made.width - 1, made.height - 1, 1, 1}, {1}, 1, 1}, corner);
  EXPECT_TRUE(std::isnan(corner[0]));
  const std::vector<std::int64_t> one{0};
  EXPECT_EQ(write_heat_map(folder_ / "one.tif", index, scores, &one).width, 4);
  const std::vector<std::int64_t> none;
  EXPECT_THROW((void)write_heat_map(folder_ / "none.tif", index, scores, &none), Error);
}

}  // namespace
}  // namespace skyglot
