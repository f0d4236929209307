// SPDX-License-Identifier: Apache-2.0
#include "imagery/stretch.hpp"

#include "base/error.hpp"
#include "imagery/scene_builder.hpp"
#include "imagery/test_rasters.hpp"

#include <gtest/gtest.h>

#include <array>

namespace skyglot {
namespace {

using testing_rasters::fresh_folder;
using testing_rasters::write_raster;

TEST(StretchRule, Parses) {
  EXPECT_EQ(parse_stretch("auto"), StretchRule{});
  EXPECT_EQ(parse_stretch("none").kind, StretchRule::Kind::none);
  EXPECT_EQ(parse_stretch("balanced:1,99"), (StretchRule{StretchRule::Kind::balanced, 1, 99}));
  EXPECT_EQ(parse_stretch("percentile:1,99"), (StretchRule{StretchRule::Kind::percentile, 1, 99}));
  EXPECT_EQ(parse_stretch("range:-10.5,3000"),
            (StretchRule{StretchRule::Kind::range, -10.5, 3000}));
}

TEST(StretchRule, NonsenseIsRefused) {
  for (const char* text :
       {"", "some", "percentile", "percentile:2", "percentile:2,98,3", "percentile:98,2",
        "percentile:-1,50", "percentile:2,101", "balanced:2", "balanced:2,101", "range:1,1",
        "range:a,b", "range:nan,1", "range:0,inf"})
    EXPECT_THROW((void)parse_stretch(text), Error) << text;
}

TEST(Percentile, AgreesWithTheDefinition) {
  std::array<float, 5> values{50, 10, 40, 20, 30};
  EXPECT_DOUBLE_EQ(percentile(values, 0), 10);
  EXPECT_DOUBLE_EQ(percentile(values, 50), 30);
  EXPECT_DOUBLE_EQ(percentile(values, 100), 50);
  EXPECT_DOUBLE_EQ(percentile(values, 10), 14);
  std::array<float, 1> one{7};
  EXPECT_DOUBLE_EQ(percentile(one, 98), 7);
}

Scene scene_of(const std::filesystem::path& path) {
  return std::get<Scene>(describe_scene(Raster::open(path.string()), "scene", {}));
}

TEST(Stretches, ComeFromValidPixelsOfAllScenes) {
  const auto folder = fresh_folder("stretch");
  testing_rasters::RasterRecipe recipe{.type = SampleType::u16, .nodata = 0.0};
  // The left half is nodata, which would pull the lower percentile to 0.
  const auto values = [](int offset) {
    return [offset](int band, int x, int y) { return x < 32 ? 0 : 1000 * (band + 1) + offset + y; };
  };
  const Scene low = scene_of(write_raster<std::uint16_t>(folder / "a.tif", recipe, values(0)));
  const Scene high = scene_of(write_raster<std::uint16_t>(folder / "b.tif", recipe, values(48)));
  const auto stretches =
      stretches_of({StretchRule::Kind::percentile, 0, 100}, {3, 2, 1}, {&low, &high});
  ASSERT_EQ(stretches.size(), 3U);
  EXPECT_EQ(stretches[0], (BandStretch{3000, 3095}));
  EXPECT_EQ(stretches[2], (BandStretch{1000, 1095}));
  // Halfway to the range of all three bands, 1000 to 3095.
  const auto balanced =
      stretches_of({StretchRule::Kind::balanced, 0, 100}, {3, 2, 1}, {&low, &high});
  ASSERT_EQ(balanced.size(), 3U);
  EXPECT_EQ(balanced[0], (BandStretch{2000, 3095}));
  EXPECT_EQ(balanced[2], (BandStretch{1000, 2095}));
  EXPECT_EQ(stretches_of({}, {3, 2, 1}, {&low, &high}),
            stretches_of({StretchRule::Kind::balanced, 2, 98}, {3, 2, 1}, {&low, &high}));
}

TEST(Stretches, BytesStayAsTheyAreUnlessAskedFor) {
  const auto folder = fresh_folder("stretch_bytes");
  const Scene scene =
      scene_of(write_raster<std::uint8_t>(folder / "a.tif", {}, testing_rasters::busy));
  EXPECT_TRUE(stretches_of({}, {1, 2, 3}, {&scene}).empty());
  EXPECT_EQ(stretches_of({StretchRule::Kind::range, 5, 99}, {1, 2, 3}, {&scene}).at(1),
            (BandStretch{5, 99}));
}

TEST(Stretches, ConstantBandDoesNotDivideByZero) {
  const auto folder = fresh_folder("stretch_constant");
  const Scene scene = scene_of(write_raster<std::uint16_t>(
      folder / "a.tif", {.type = SampleType::u16}, [](int, int, int) { return 500; }));
  EXPECT_EQ(stretches_of({}, {1, 2, 3}, {&scene}).at(0), (BandStretch{500, 501}));
}

}  // namespace
}  // namespace skyglot
