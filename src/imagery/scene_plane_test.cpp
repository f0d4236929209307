// SPDX-License-Identifier: Apache-2.0
// The plane of a scene, and the scenes that continue it.
#include "imagery/scene_plane.hpp"

#include "base/error.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/scan.hpp"
#include "imagery/test_rasters.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;

Scene scene_at(const std::string& name, double x, double y, const std::string& date = "") {
  Scene scene;
  scene.collection_code = "XX";
  scene.name = name;
  scene.files = {{name, 100, 80, 3}};
  scene.width = 100;
  scene.height = 80;
  scene.map_from_pixel = {x, 2, 0, y, 0, -2};
  scene.crs_wkt = "EPSG:32633";
  scene.gsd_m = 2;
  scene.date = date;
  scene.footprint_lonlat =
      SceneGrid(scene.map_from_pixel, scene.crs_wkt).lonlat_from_pixel(Box{0, 0, 100, 80}).value();
  return scene;
}

ImageryCatalogue catalogue_of(std::vector<Scene> scenes, std::optional<double> gsd_m = {}) {
  ImageryCatalogue catalogue;
  Collection collection;
  collection.code = "XX";
  collection.gsd_m = gsd_m;
  collection.bands = collection.rgb_bands = {1, 2, 3};
  catalogue.collections = {collection};
  catalogue.scenes = std::move(scenes);
  return catalogue;
}

std::vector<std::size_t> scenes_of(const std::vector<AlignedScenes::Part>& parts) {
  std::vector<std::size_t> scenes;
  for (const auto& part : parts) scenes.push_back(part.scene);
  return scenes;
}

TEST(AlignedScenes, NeighboursOfOneDateAndGridContinueAScene) {
  const auto catalogue =
      catalogue_of({scene_at("a", 400000, 5800000), scene_at("b", 400200, 5800000),
                    scene_at("c", 400200, 5799840), scene_at("d", 400001, 5799840),
                    scene_at("e", 400000, 5799840, "2021-06-01")});
  const AlignedScenes aligned(catalogue);
  using Part = AlignedScenes::Part;
  EXPECT_EQ(aligned.parts(0, {10, 10, 20, 20}), (std::vector<Part>{{0, {10, 10, 20, 20}, 0, 0}}));
  EXPECT_EQ(aligned.parts(0, {90, 70, 20, 30}), (std::vector<Part>{{0, {90, 70, 10, 10}, 0, 0},
                                                                   {1, {0, 70, 10, 10}, 10, 0},
                                                                   {2, {0, 0, 10, 20}, 10, 10}}))
      << "neither the shifted grid nor the other date";
  EXPECT_EQ(scenes_of(aligned.parts(1, {-5, 0, 10, 10})), (std::vector<std::size_t>{1, 0}))
      << "the scene itself comes first";
  EXPECT_EQ(scenes_of(aligned.parts(1, {-5000, 0, 10, 10})), std::vector<std::size_t>{});
}

TEST(AlignedScenes, FarPartsOfASurveyLieOnOneGridInSpiteOfRounding) {
  Scene far = scene_at("far", 400000 + 2.0 * 70000, 5800000);
  far.map_from_pixel[1] = 2.0000000001;
  far.map_from_pixel[0] += 0.01;
  Scene next = scene_at("next", 400200 + 2.0 * 70000, 5800000);
  const auto catalogue = catalogue_of({scene_at("a", 400000, 5800000), far, next});
  EXPECT_EQ(scenes_of(AlignedScenes(catalogue).parts(1, {95, 0, 10, 10})),
            (std::vector<std::size_t>{1, 2}));
}

TEST(ScenePlane, TilesMayReachIntoNeighbours) {
  const auto catalogue =
      catalogue_of({scene_at("a", 400000, 5800000), scene_at("b", 400200, 5800000)});
  const AlignedScenes aligned(catalogue);
  const ScenePlane plane(catalogue, aligned, 0);
  EXPECT_TRUE(plane.shows({10, 10, 50, 50}));
  EXPECT_TRUE(plane.shows({80, 10, 40, 40}));
  EXPECT_TRUE(plane.shows({150, 10, 40, 40})) << "a neighbour's alone";
  EXPECT_FALSE(plane.shows({80, 50, 40, 40})) << "below there is nothing";
  EXPECT_FALSE(plane.shows({-10, 10, 40, 40}));
  EXPECT_EQ(plane.scene_window({80, 10, 40, 40}), (PixelWindow{80, 10, 40, 40}));
}

TEST(ScenePlane, HolesOfOneSceneAreFilledByAnother) {
  auto a = scene_at("a", 400000, 5800000);
  const SceneGrid grid(a.map_from_pixel, a.crs_wkt);
  a.footprint_lonlat = grid.lonlat_from_pixel(Box{0, 0, 60, 80}).value();
  auto b = scene_at("b", 400100, 5800000);
  const auto alone = catalogue_of({a});
  EXPECT_FALSE(ScenePlane(alone, AlignedScenes(alone), 0).shows({62, 10, 20, 20}));
  const auto both = catalogue_of({a, b});
  const AlignedScenes aligned(both);
  EXPECT_TRUE(ScenePlane(both, aligned, 0).shows({62, 10, 20, 20}));
  EXPECT_TRUE(ScenePlane(both, aligned, 0).shows({40, 10, 15, 20}));
}

// A collection of 3 m, a scene of 2 m: 66.7 x 53.3 chip pixels.
TEST(ScenePlane, ChipPixelsOfANominalGsd) {
  const auto catalogue = catalogue_of({scene_at("a", 400000, 5800000)}, 3);
  const AlignedScenes aligned(catalogue);
  const ScenePlane plane(catalogue, aligned, 0);
  EXPECT_EQ(plane.gsd_m(), 3);
  EXPECT_EQ(plane.scene_window({10, 20, 20, 10}), (PixelWindow{15, 30, 30, 15}));
  EXPECT_TRUE(plane.shows({0, 0, 66, 53}));
  EXPECT_FALSE(plane.shows({0, 0, 67, 53}));
  EXPECT_FALSE(plane.shows({0, 0, 66, 54}));
  const PixelWindow edge = plane.scene_window({46, 33, 20, 20});
  EXPECT_LE(edge.x + edge.width, 100);
  EXPECT_LE(edge.y + edge.height, 80);
  const Geometry place = SceneGrid(catalogue.scenes[0].map_from_pixel, "EPSG:32633")
                             .lonlat_from_pixel(Box{30, 15, 60, 45})
                             .value();
  const Box chip = bounding_box(plane.from_lonlat(place).value());
  EXPECT_NEAR(chip.min_x, 20, 0.01);
  EXPECT_NEAR(chip.max_y, 30, 0.01);
  const Box ground = bounding_box(plane.lonlat_outline({20, 10, 20, 20}).value());
  EXPECT_NEAR(ground.min_x, bounding_box(place).min_x, 1e-5);
  EXPECT_NEAR(ground.max_y, bounding_box(place).max_y, 1e-5);
}

// One picture cut into four tiles with a seam of nodata in one of them.
class TiledOrthophoto : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = fresh_folder("plane_tiles");
    for (const int column : {0, 1})
      for (const int row : {0, 1}) {
        RasterRecipe recipe{.width = 70, .height = 60};
        // The right column begins ten pixels early.
        const int x0 = column * 60;
        const int y0 = row * 60;
        recipe.map_from_pixel = {400000 + 2.0 * x0, 2, 0, 5800000 - 2.0 * y0, 0, -2};
        recipe.nodata = 0;
        write_raster<std::uint8_t>(
            folder / ("t" + std::to_string(column) + std::to_string(row) + ".tif"), recipe,
            [=](int band, int x, int y) {
              return column == 0 && x > 64 ? 0 : busy(band, x + x0, y + y0);
            });
      }
    ScanOptions options;
    options.inputs = {folder};
    options.collection.code = "XX";
    (void)scan_folders(options, catalogue_);
    ASSERT_EQ(catalogue_.scenes.size(), 4U);
  }
  ImageryCatalogue catalogue_;
};

TEST_F(TiledOrthophoto, ChipsAreCutAcrossTheSeams) {
  const AlignedScenes aligned(catalogue_);
  ChipCutter cutter(catalogue_, aligned, {});
  for (const PixelWindow& window :
       {PixelWindow{50, 40, 40, 40}, PixelWindow{55, 5, 14, 20}, PixelWindow{0, 0, 130, 120}}) {
    const auto cut = cutter.cut({.scene = 0, .window = window});
    ASSERT_TRUE(std::holds_alternative<Patch>(cut)) << std::get<Skipped>(cut).reason;
    const auto& patch = std::get<Patch>(cut);
    EXPECT_EQ(patch.missing(), 0U);
    EXPECT_EQ(patch.map_from_pixel[0], 400000 + 2.0 * window.x);
    EXPECT_EQ(patch.map_from_pixel[3], 5800000 - 2.0 * window.y);
    const auto& bytes = std::get<std::vector<std::uint8_t>>(patch.samples);
    std::size_t i = 0;
    for (int band = 0; band < 3; ++band)
      for (int y = 0; y < window.height; ++y)
        for (int x = 0; x < window.width; ++x)
          ASSERT_EQ(bytes[i++], busy(band, x + window.x, y + window.y)) << x << " " << y;
  }
  EXPECT_EQ(std::get<Skipped>(cutter.cut({.scene = 0, .window = {100, 100, 40, 10}})).reason,
            "outside_scene");
}

TEST_F(TiledOrthophoto, AndResampled) {
  const AlignedScenes aligned(catalogue_);
  ChipCutter cutter(catalogue_, aligned, {});
  const auto cut = cutter.cut({.scene = 0, .window = {50, 40, 40, 40}, .width = 20, .height = 20});
  const auto& patch = std::get<Patch>(cut);
  EXPECT_EQ(patch.width, 20);
  EXPECT_EQ(patch.map_from_pixel, (GeoTransform{400100, 4, 0, 5799920, 0, -4}));
  EXPECT_NEAR(patch.gsd_m, 2 * catalogue_.scenes[0].gsd_m, 1e-9);
  const auto& bytes = std::get<std::vector<std::uint8_t>>(patch.samples);
  const double mean = (busy(0, 60, 60) + busy(0, 61, 60) + busy(0, 60, 61) + busy(0, 61, 61)) / 4;
  EXPECT_NEAR(bytes.at(10 * 20 + 5), mean, 0.51);
}

}  // namespace
}  // namespace skyglot
