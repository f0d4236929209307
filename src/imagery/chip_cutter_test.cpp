// SPDX-License-Identifier: Apache-2.0
#include "imagery/chip_cutter.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "imagery/catalogue_update.hpp"
#include "imagery/scene_builder.hpp"
#include "imagery/test_rasters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;

using Cut = std::variant<Picture, Skipped>;

ImageryCatalogue catalogue_of(const std::vector<fs::path>& paths, CollectionOptions options = {}) {
  options.code = "XX";
  std::vector<Scene> scenes;
  for (const fs::path& path : paths)
    scenes.push_back(std::get<Scene>(
        describe_scene(Raster::open(path.string()), "scene", {.bands = options.bands})));
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  add_scenes(catalogue, options, "test", std::move(scenes), counts);
  return catalogue;
}

Cut cut_from(const ImageryCatalogue& catalogue, const PixelWindow& window,
             const CutLimits& limits = {}) {
  return ChipCutter(catalogue, limits).cut(catalogue.scenes.at(0), window);
}

std::string reason_of(const Cut& cut) {
  const auto* skipped = std::get_if<Skipped>(&cut);
  return skipped == nullptr ? "a picture" : skipped->reason;
}

TEST(ChipCutter, BytesAreCopiedExactly) {
  const auto folder = fresh_folder("cut_exact");
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)});
  const Cut cut = cut_from(catalogue, {11, 7, 20, 30});
  ASSERT_TRUE(std::holds_alternative<Picture>(cut)) << reason_of(cut);
  const Picture& picture = std::get<Picture>(cut);
  EXPECT_EQ(picture.width, 20);
  EXPECT_EQ(picture.height, 30);
  EXPECT_EQ(picture.channels, 3);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 20; ++x)
      for (int band = 0; band < 3; ++band)
        ASSERT_EQ(picture.row(y)[3 * x + band], busy(band, x + 11, y + 7));
}

TEST(ChipCutter, BandsComeInTheOrderAskedFor) {
  const auto folder = fresh_folder("cut_bands");
  CollectionOptions options;
  options.bands = {"3", "1", "2"};
  const auto catalogue =
      catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)}, options);
  const Picture picture = std::get<Picture>(cut_from(catalogue, {0, 0, 16, 16}));
  EXPECT_EQ(picture.row(3)[6], busy(2, 2, 3));
  EXPECT_EQ(picture.row(3)[7], busy(0, 2, 3));
}

TEST(ChipCutter, OneBandFillsThreeChannels) {
  const auto folder = fresh_folder("cut_grey");
  RasterRecipe recipe;
  recipe.band_names = {"pan"};
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", recipe, busy)});
  const Picture picture = std::get<Picture>(cut_from(catalogue, {0, 0, 16, 16}));
  EXPECT_EQ(picture.channels, 3);
  EXPECT_EQ(picture.row(5)[0], busy(0, 0, 5));
  EXPECT_EQ(picture.row(5)[1], picture.row(5)[0]);
  EXPECT_EQ(picture.row(5)[2], picture.row(5)[0]);
}

TEST(ChipCutter, WindowsOutsideAreSkipped) {
  const auto folder = fresh_folder("cut_outside");
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)});
  for (const PixelWindow& window :
       {PixelWindow{-1, 0, 8, 8}, PixelWindow{60, 0, 8, 8}, PixelWindow{0, 41, 8, 8},
        PixelWindow{0, 0, 0, 8}, PixelWindow{2'000'000'000, 0, 2'000'000'000, 8}})
    EXPECT_EQ(reason_of(cut_from(catalogue, window)), "outside_scene");
  EXPECT_EQ(reason_of(cut_from(catalogue, {56, 40, 8, 8})), "a picture");
}

TEST(ChipCutter, NodataCountsWhereNoBandHasAnything) {
  const auto folder = fresh_folder("cut_nodata");
  const RasterRecipe recipe{.nodata = 0.0};
  // One pixel without any data, one where only a band is 0.
  const auto catalogue = catalogue_of(
      {write_raster<std::uint8_t>(folder / "a.tif", recipe, [](int band, int x, int y) {
        if (x == 5 && y == 5) return 0.0;
        return x == 40 && y == 5 && band == 1 ? 0.0 : busy(band, x, y);
      })});
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 10})), "nodata");
  EXPECT_EQ(reason_of(cut_from(catalogue, {35, 0, 10, 10})), "a picture");
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 10}, {.max_nodata_fraction = 0.01})),
            "a picture");
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 9}, {.max_nodata_fraction = 0.01})), "nodata");
}

TEST(ChipCutter, NanIsNodata) {
  const auto folder = fresh_folder("cut_nan");
  const RasterRecipe recipe{.type = SampleType::f32};
  const auto catalogue =
      catalogue_of({write_raster<float>(folder / "a.tif", recipe, [](int band, int x, int y) {
        return x < 32 ? std::nan("") : busy(band, x, y) / 1000;
      })});
  EXPECT_EQ(reason_of(cut_from(catalogue, {30, 0, 16, 16})), "nodata");
  const Cut cut = cut_from(catalogue, {32, 0, 32, 32});
  ASSERT_EQ(reason_of(cut), "a picture");
  // Percentiles 2 and 98 of 0.001 ... 0.251 fill the eight bits.
  EXPECT_LT(*std::ranges::min_element(std::get<Picture>(cut).pixels), 3);
  EXPECT_GT(*std::ranges::max_element(std::get<Picture>(cut).pixels), 252);
}

TEST(ChipCutter, UniformIsSkipped) {
  const auto folder = fresh_folder("cut_uniform");
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(
      folder / "a.tif", {}, [](int, int x, int) { return x < 60 ? 90 + x % 2 : 20; })});
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 16, 16})), "uniform");
  EXPECT_EQ(reason_of(cut_from(catalogue, {48, 0, 16, 16})), "a picture");
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 16, 16}, {.min_deviation = 0})), "a picture");
}

TEST(ChipCutter, StretchMapsTheRange) {
  const auto folder = fresh_folder("cut_stretch");
  CollectionOptions options;
  options.stretch = {StretchRule::Kind::range, 1000, 2000};
  const auto catalogue = catalogue_of(
      {write_raster<std::uint16_t>(folder / "a.tif", {.type = SampleType::u16},
                                   [](int, int x, int) { return 900 + 100 * (x % 13); })},
      options);
  const Picture picture = std::get<Picture>(cut_from(catalogue, {0, 0, 13, 13}));
  EXPECT_EQ(picture.row(0)[0], 0);
  EXPECT_EQ(picture.row(0)[3], 0);
  EXPECT_EQ(picture.row(0)[3 * 2], 26);   // 0.1 * 255 = 25.5
  EXPECT_EQ(picture.row(0)[3 * 6], 128);  // 0.5 * 255 = 127.5
  EXPECT_EQ(picture.row(0)[3 * 11], 255);
  EXPECT_EQ(picture.row(0)[3 * 12], 255);
}

TEST(ChipCutter, NominalGsdResamples) {
  const auto folder = fresh_folder("cut_resample");
  CollectionOptions options;
  options.gsd_m = 4;
  const auto catalogue = catalogue_of(
      {write_raster<std::uint8_t>(folder / "a.tif", {},
                                  [](int, int x, int) { return (x / 4) % 2 == 0 ? 40 : 200; })},
      options);
  const Picture picture = std::get<Picture>(cut_from(catalogue, {0, 0, 32, 16}));
  EXPECT_EQ(picture.width, 16);
  EXPECT_EQ(picture.height, 8);
  EXPECT_EQ(picture.row(0)[0], 40);
  EXPECT_EQ(picture.row(0)[3 * 2], 200);
}

TEST(ChipCutter, NominalGsdWithinOnePercentCopies) {
  const auto folder = fresh_folder("cut_same");
  CollectionOptions options;
  options.gsd_m = 2.01;
  const auto catalogue =
      catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)}, options);
  const Picture picture = std::get<Picture>(cut_from(catalogue, {0, 0, 32, 16}));
  EXPECT_EQ(picture.width, 32);
  EXPECT_EQ(picture.row(4)[9], busy(0, 3, 4));
}

TEST(ChipCutter, DamagedMissingAndReplacedFilesAreUnreadable) {
  const auto folder = fresh_folder("cut_damaged");
  RasterRecipe large{.width = 600, .height = 600};
  const fs::path path = write_raster<std::uint8_t>(folder / "a.tif", large, busy);
  const auto catalogue = catalogue_of({path});
  fs::resize_file(path, fs::file_size(path) / 2);
  EXPECT_EQ(reason_of(cut_from(catalogue, {580, 580, 16, 16})), "unreadable");
  write_raster<std::uint8_t>(path, {}, busy);
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 16, 16})), "unreadable");
  fs::remove(path);
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 16, 16})), "unreadable");
}

TEST(ChipCutter, FewOpenScenesServeMany) {
  const auto folder = fresh_folder("cut_many");
  std::vector<fs::path> paths;
  for (int i = 0; i < 5; ++i)
    paths.push_back(
        write_raster<std::uint8_t>(folder / (std::to_string(i) + ".tif"), {},
                                   [i](int band, int x, int y) { return busy(band, x + i, y); }));
  const auto catalogue = catalogue_of(paths);
  ChipCutter cutter(catalogue, {.open_scenes = 2});
  for (const int i : {0, 1, 2, 3, 4, 0, 2, 0, 4}) {
    const Cut cut = cutter.cut(catalogue.scenes.at(static_cast<std::size_t>(i)), {0, 0, 16, 16});
    EXPECT_EQ(std::get<Picture>(cut).row(2)[3], busy(0, 1 + i, 2));
  }
}

TEST(CutLimits, AreChecked) {
  EXPECT_THROW((CutLimits{.max_nodata_fraction = 1.5}).validate(), Error);
  EXPECT_THROW((CutLimits{.min_deviation = -1}).validate(), Error);
  EXPECT_THROW((CutLimits{.open_scenes = 0}).validate(), Error);
}

}  // namespace
}  // namespace skyglot
