// SPDX-License-Identifier: Apache-2.0
#include "imagery/scan.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "geo/overlay.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/footprint.hpp"
#include "imagery/scene_builder.hpp"
#include "imagery/show.hpp"
#include "imagery/test_rasters.hpp"
#include "raster/gdal_dataset.hpp"
#include "raster/gsd.hpp"
#include "tests/support/shared_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gdal_priv.h>
#include <numbers>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;
using testing_support::shared_data;

using Reasons = std::map<std::string, std::size_t>;

ScanOptions scan_of(std::vector<fs::path> inputs) {
  ScanOptions options;
  options.inputs = std::move(inputs);
  options.collection.code = "XX";
  return options;
}

// The one scene that scanning `path` gives.
Scene only_scene(const fs::path& path) {
  ImageryCatalogue catalogue;
  (void)scan_folders(scan_of({path}), catalogue);
  EXPECT_EQ(catalogue.scenes.size(), 1U);
  return catalogue.scenes.empty() ? Scene{} : catalogue.scenes.front();
}

Reasons reasons_of(const fs::path& path) {
  set_log_level(LogLevel::quiet);
  ImageryCatalogue catalogue;
  const CatalogueCounts counts = scan_folders(scan_of({path}), catalogue);
  set_log_level(LogLevel::info);
  EXPECT_TRUE(catalogue.scenes.empty());
  return counts.skipped;
}

TEST(Scan, FullyValidRasterIsItsExactOutline) {
  const auto folder = fresh_folder("scan_full");
  const Scene scene = only_scene(write_raster<std::uint8_t>(folder / "a.tif", {}, busy));
  EXPECT_EQ(scene.width, 64);
  EXPECT_EQ(scene.name, "a");
  EXPECT_NEAR(scene.gsd_m, 2, 0.002);
  const SceneGrid grid(scene.map_from_pixel, scene.crs_wkt);
  Box pixels = bounding_box(*grid.pixel_from_lonlat(scene.footprint_lonlat));
  EXPECT_NEAR(pixels.min_x, 0, 1e-4);
  EXPECT_NEAR(pixels.max_x, 64, 1e-4);
  EXPECT_NEAR(pixels.max_y, 48, 1e-4);
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat), 64 * 48 * 4, 64 * 48 * 4 * 0.01);
}

TEST(Scan, WedgeOfNodataIsLeftOut) {
  const auto folder = fresh_folder("scan_wedge");
  const RasterRecipe recipe{.width = 300, .height = 300, .nodata = 0.0};
  const auto valid = [](double x, double y) { return x > y / 3; };
  const Scene scene =
      only_scene(write_raster<std::uint8_t>(folder / "a.tif", recipe, [&](int band, int x, int y) {
        return valid(x, y) ? busy(band, x, y) : 0;
      }));
  const SceneGrid grid(scene.map_from_pixel, scene.crs_wkt);
  for (int y = 5; y < 300; y += 11)
    for (int x = 5; x < 300; x += 11) {
      const double margin = x - y / 3.0;
      if (std::abs(margin) < 2) continue;
      const auto lonlat = *grid.lonlat_from_pixel(Point{x + 0.5, y + 0.5});
      EXPECT_EQ(polygon_contains(scene.footprint_lonlat, lonlat), margin > 0) << x << "," << y;
    }
}

TEST(Scan, DecimatedMaskNeverClaimsMoreThanOneCell) {
  const auto folder = fresh_folder("scan_decimated");
  const RasterRecipe recipe{.width = 512, .height = 512, .nodata = 0.0};
  const fs::path path =
      write_raster<std::uint8_t>(folder / "a.tif", recipe, [](int band, int x, int y) {
        return std::hypot(x - 256, y - 256) < 200 ? busy(band, x, y) : 0;
      });
  const auto outline = valid_pixels(Raster::open(path.string()), {.bands = {1}, .max_cells = 64});
  for (const Point& p : std::get<Geometry>(outline).parts.at(0).at(0))
    EXPECT_NEAR(std::hypot(p.x - 256, p.y - 256), 200, 8 * std::numbers::sqrt2)
        << p.x << "," << p.y;
}

TEST(Scan, AntimeridianFootprintIsContinuous) {
  const auto folder = fresh_folder("scan_antimeridian");
  // UTM zone 60 S where easting 820 km lies just east of 180 degrees near Fiji.
  RasterRecipe recipe;
  recipe.crs = "EPSG:32760";
  recipe.map_from_pixel = {810000, 500, 0, 8150000, 0, -500};
  const Scene scene = only_scene(write_raster<std::uint8_t>(folder / "a.tif", recipe, busy));
  const Box box = bounding_box(scene.footprint_lonlat);
  EXPECT_LT(box.width(), 1);
  EXPECT_TRUE((box.min_x < 180 && box.max_x > 180) || (box.min_x < -180 && box.max_x > -180));
  EXPECT_NEAR(scene.gsd_m, 500, 2);
}

TEST(Scan, EightyDegreesNorthInWebMercator) {
  const auto folder = fresh_folder("scan_north");
  RasterRecipe recipe;
  recipe.crs = "EPSG:3857";
  // y of 80 degrees north; one metre of the map is cos(80 degrees) metres of ground.
  recipe.map_from_pixel = {1e6, 1, 0, 15538711.1, 0, -1};
  const Scene scene = only_scene(write_raster<std::uint8_t>(folder / "a.tif", recipe, busy));
  EXPECT_NEAR(scene.gsd_m, 0.17365, 0.0010);
  EXPECT_NEAR(bounding_box(scene.footprint_lonlat).max_y, 80, 1e-4);
}

TEST(Scan, OnePixel) {
  const auto folder = fresh_folder("scan_pixel");
  RasterRecipe recipe{.width = 1, .height = 1, .nodata = 0.0};
  const Scene scene = only_scene(write_raster<std::uint8_t>(folder / "a.tif", recipe, busy));
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat), 4, 0.05);
}

TEST(Scan, RotatedGrid) {
  const auto folder = fresh_folder("scan_rotated");
  RasterRecipe recipe;
  const double c = 2 * std::cos(0.5);
  const double s = 2 * std::sin(0.5);
  recipe.map_from_pixel = {400000, c, s, 5800000, s, -c};
  const Scene scene = only_scene(write_raster<std::uint8_t>(folder / "a.tif", recipe, busy));
  EXPECT_NEAR(scene.gsd_m, 2, 0.002);
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat), 64 * 48 * 4, 64 * 48 * 4 * 0.01);
  const Box box = bounding_box(scene.footprint_lonlat);
  EXPECT_GT(ground_distance_m({box.min_x, box.min_y}, {box.max_x, box.min_y}), 150);
}

TEST(Scan, NanEdgesOfFloats) {
  const auto folder = fresh_folder("scan_nan");
  const Scene scene = only_scene(write_raster<float>(
      folder / "a.tif", {.type = SampleType::f32},
      [](int band, int x, int y) { return x < 16 ? std::nan("") : busy(band, x, y); }));
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat), 48 * 48 * 4, 48 * 48 * 4 * 0.01);
}

// A PNG with alpha, a world file and no reference system of its own.
fs::path write_png(const fs::path& path, bool with_world_file) {
  GDALAllRegister();
  const DatasetHandle memory(
      GetGDALDriverManager()->GetDriverByName("MEM")->Create("", 40, 20, 4, GDT_Byte, nullptr));
  std::vector<std::uint8_t> plane(800);
  for (int band = 0; band < 4; ++band) {
    for (int i = 0; i < 800; ++i)
      plane[static_cast<std::size_t>(i)] =
          band < 3 ? static_cast<std::uint8_t>(busy(band, i % 40, i / 40))
                   : (i % 40 < 10 ? 0 : 255);
    EXPECT_EQ(memory->GetRasterBand(band + 1)->RasterIO(GF_Write, 0, 0, 40, 20, plane.data(), 40,
                                                        20, GDT_Byte, 0, 0, nullptr),
              CE_None);
    memory->GetRasterBand(band + 1)->SetColorInterpretation(
        static_cast<GDALColorInterp>(GCI_RedBand + band));
  }
  GDALClose(GetGDALDriverManager()->GetDriverByName("PNG")->CreateCopy(
      path.c_str(), memory.get(), 0, nullptr, nullptr, nullptr));
  if (with_world_file)
    write_file_atomically(fs::path(path).replace_extension(".wld"),
                          "3\n0\n0\n-3\n500001.5\n5699998.5\n");
  return path;
}

TEST(Scan, AlphaIsTheMaskAndWorldFilesAreFound) {
  const auto folder = fresh_folder("scan_alpha");
  ScanOptions options = scan_of({write_png(folder / "a.png", true)});
  options.scenes.crs = "EPSG:32632";
  ImageryCatalogue catalogue;
  const CatalogueCounts counts = scan_folders(options, catalogue);
  ASSERT_EQ(counts.added, 1U);
  const Scene& scene = catalogue.scenes[0];
  EXPECT_EQ(scene.map_from_pixel, (GeoTransform{500000, 3, 0, 5700000, 0, -3}));
  EXPECT_EQ(catalogue.collections[0].rgb_bands, (std::vector<int>{1, 2, 3}));
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat), 30 * 20 * 9, 60);
  const AlignedScenes aligned(catalogue);
  ChipCutter cutter(catalogue, aligned, {});
  const auto cut = [&](const PixelWindow& window) {
    return cutter.cut({.scene = 0, .window = window});
  };
  EXPECT_EQ(std::get<Skipped>(cut({5, 0, 16, 16})).reason, "nodata");
  EXPECT_TRUE(std::holds_alternative<Patch>(cut({10, 0, 16, 16})));
}

TEST(Scan, WhatCannotBeUsedIsCountedByReason) {
  const auto folder = fresh_folder("scan_reasons");
  write_file_atomically(folder / "notes.txt", "hello");
  write_file_atomically(folder / "empty.tif", "");
  write_file_atomically(folder / ".hidden.tif", "II*");
  write_file_atomically(folder / "lying.tif", std::string("II*\0\x08\0\0\0garbage", 15));
  write_file_atomically(folder / "mosaic.vrt", "<VRTDataset rasterXSize=\"1\"></VRTDataset>");
  EXPECT_EQ(reasons_of(folder),
            (Reasons{{"not_a_raster", 2}, {"points_elsewhere", 1}, {"unreadable", 1}}));
  EXPECT_THAT(skip_advice("points_elsewhere"), testing::HasSubstr("gdal_translate"));
}

TEST(Scan, TruncatedTiffIsUnreadable) {
  const auto folder = fresh_folder("scan_truncated");
  const RasterRecipe recipe{.width = 600, .height = 600};
  const fs::path path = write_raster<std::uint8_t>(folder / "a.tif", recipe, busy);
  fs::resize_file(path, fs::file_size(path) * 2 / 3);
  EXPECT_EQ(reasons_of(path), (Reasons{{"unreadable", 1}}));
}

TEST(Scan, PlacelessAndEmptyRasters) {
  const auto folder = fresh_folder("scan_placeless");
  EXPECT_EQ(reasons_of(write_png(folder / "a.png", true)), (Reasons{{"no_crs", 1}}));
  ScanOptions options = scan_of({write_png(folder / "b.png", false)});
  options.scenes.crs = "EPSG:32632";
  ImageryCatalogue catalogue;
  EXPECT_EQ(scan_folders(options, catalogue).skipped, (Reasons{{"no_geotransform", 1}}));
  EXPECT_EQ(reasons_of(write_raster<std::uint8_t>(folder / "c.tif", {.nodata = 0.0},
                                                  [](int, int, int) { return 0; })),
            (Reasons{{"no_valid_pixels", 1}}));
  RasterRecipe pole;
  pole.crs = "EPSG:3995";
  pole.map_from_pixel = {-32000, 1000, 0, 24000, 0, -1000};
  EXPECT_EQ(reasons_of(write_raster<std::uint8_t>(folder / "d.tif", pole, busy)),
            (Reasons{{"around_pole", 1}}));
}

TEST(Scan, MissingInputsAndBadOptionsAreErrors) {
  ImageryCatalogue catalogue;
  EXPECT_THROW((void)scan_folders(scan_of({"/nonexistent/folder"}), catalogue), Error);
  ScanOptions options = scan_of({"."});
  options.scenes.date = "yesterday";
  EXPECT_THROW(options.validate(), Error);
  options = scan_of({"."});
  options.scenes.crs = "EPSG:notone";
  EXPECT_THROW(options.validate(), Error);
}

TEST(Scan, DatesComeFromOptionMetadataAndName) {
  const auto folder = fresh_folder("scan_dates");
  const RasterRecipe dated{.metadata = {{"TIFFTAG_DATETIME", "2020:02:03 04:05:06"}}};
  const auto path = write_raster<std::uint8_t>(folder / "x_19990101.tif", dated, busy);
  EXPECT_EQ(only_scene(path).date, "2020-02-03");
  EXPECT_EQ(only_scene(write_raster<std::uint8_t>(folder / "x_20110101.tif", {}, busy)).date,
            "2011-01-01");
  ScanOptions options = scan_of({path});
  options.scenes.date_pattern = "x_(\\d+)";
  ImageryCatalogue catalogue;
  (void)scan_folders(options, catalogue);
  EXPECT_EQ(catalogue.scenes.at(0).date, "1999-01-01");
  options.scenes.date = "2015-05-05";
  (void)scan_folders(options, catalogue);
  EXPECT_EQ(catalogue.scenes.at(0).date, "2015-05-05");
}

TEST(Scan, AnyNumberOfThreadsGivesTheSameBytes) {
  const auto folder = fresh_folder("scan_threads");
  fs::create_directories(folder / "deep/er");
  for (int i = 0; i < 12; ++i)
    write_raster<std::uint16_t>(
        folder / (i % 2 == 0 ? "deep/er" : ".") / ("r" + std::to_string(i) + ".tif"),
        {.type = SampleType::u16, .nodata = 0.0},
        [i](int b, int x, int y) { return busy(b, x, y + i); });
  std::vector<std::string> hashes;
  const auto output = fresh_folder("scan_threads_out");
  for (const int threads : {1, 4}) {
    ScanOptions options = scan_of({folder});
    options.threads = threads;
    ImageryCatalogue catalogue;
    EXPECT_EQ(scan_folders(options, catalogue).added, 12U);
    const auto path = output / std::to_string(threads);
    write_catalogue(path, catalogue);
    hashes.push_back(sha256_file(path));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

struct RealScene {
  const char* file;
  double gsd_m;  // Vincenty distances over 20 pixels through the centre
  Point corner;  // upper left corner, from gdaltransform
  Point opposite;
};

// Worked out with GDAL's tools and Vincenty's formula, not with the code under test.
TEST(ScanRealData, GsdAndCornersInManySystems) {
  const std::vector<RealScene> scenes{
      {"pairs/berlin/s2_berlin_mitte_rgba_z14.tif",
       5.819379,
       {13.381348, 52.522906},
       {13.403320, 52.509535}},
      {"pairs/manhattan/hro_753.tif", 0.152404, {-74.008855, 40.718284}, {-74.007930, 40.717583}},
      {"pairs/vegas/RGB-PanSharpen_AOI_2_Vegas_img0.tif",
       0.269657,
       {-115.170628, 36.240618},
       {-115.167118, 36.237108}},
      {"rasters/ROI_IKO_PAN_LesHalles.tif", 1.000372, {2.340684, 48.865075}, {2.347725, 48.860510}},
      {"rasters/dop_lower_elbe_1.67m_epsg25832.tif",
       1.667311,
       {9.497705, 53.517896},
       {9.512678, 53.508844}},
      {"rasters/nl_rural_0.25m_epsg28992_tiled.tif",
       0.250019,
       {4.986337, 51.842150},
       {4.989985, 51.839916}},
      {"rasters/oam_manila_0.1m_epsg3395.tif",
       0.096829,
       {120.980898, 14.596850},
       {120.982740, 14.595059}},
      {"rasters/s2_aberystwyth_10band_10m_epsg27700.tif",
       10.001268,
       {-4.095721, 52.424897},
       {-4.046694, 52.395275}}};
  if (shared_data("rasters").empty()) GTEST_SKIP() << "the shared real data is not here";
  for (const RealScene& expected : scenes) {
    const Scene scene = only_scene(shared_data(expected.file));
    EXPECT_NEAR(scene.gsd_m, expected.gsd_m, expected.gsd_m * 1e-4) << expected.file;
    const Path& ring = scene.footprint_lonlat.parts.at(0).at(0);
    for (const Point& corner : {expected.corner, expected.opposite}) {
      double nearest = 1;
      for (const Point& p : ring)
        nearest = std::min(nearest, std::hypot(p.x - corner.x, p.y - corner.y));
      EXPECT_LT(nearest, 2e-6) << expected.file;
    }
  }
}

TEST(ScanRealData, NodataEdgeOfLandsat) {
  const auto path = shared_data("rasters/landsat_bahamas_300m.tif");
  if (path.empty()) GTEST_SKIP() << "the shared real data is not here";
  const Scene scene = only_scene(path);
  EXPECT_NEAR(scene.gsd_m, 299.870750, 0.03);
  // 67.457 % of 791 x 718 pixels hold data.
  const double valid_m2 = 0.674572 * 791 * 718 * 299.870750 * 299.870750;
  EXPECT_NEAR(ground_area_m2(scene.footprint_lonlat) / valid_m2, 1, 0.01);
  const SceneGrid grid(scene.map_from_pixel, scene.crs_wkt);
  const auto shows = [&](double x, double y) {
    return polygon_contains(scene.footprint_lonlat, *grid.lonlat_from_pixel(Point{x, y}));
  };
  // In row 359 data runs from column 73 to 710.
  EXPECT_FALSE(shows(70, 359.5));
  EXPECT_TRUE(shows(76, 359.5));
  EXPECT_TRUE(shows(708, 359.5));
  EXPECT_FALSE(shows(714, 359.5));
  EXPECT_FALSE(shows(300, 0.5));
}

// Its bands start with Sentinel-2's blue, green and red.
TEST(ScanRealData, SixteenBitsGetAStretch) {
  const auto path = shared_data("rasters/s2_aberystwyth_10band_10m_epsg27700.tif");
  if (path.empty()) GTEST_SKIP() << "the shared real data is not here";
  ScanOptions options = scan_of({path});
  options.collection.bands = options.scenes.bands = {"Band 3", "2", "1"};
  options.collection.stretch = {StretchRule::Kind::percentile, 2, 98};
  ImageryCatalogue catalogue;
  (void)scan_folders(options, catalogue);
  const Collection& collection = catalogue.collection("XX");
  EXPECT_EQ(collection.rgb_bands, (std::vector<int>{3, 2, 1}));
  ASSERT_EQ(collection.stretches.size(), 3U);
  const AlignedScenes aligned(catalogue);
  const auto chip =
      ChipCutter(catalogue, aligned, {}).cut({.scene = 0, .window = {0, 0, 324, 339}});
  const Picture picture = show(std::get<Patch>(chip), look_of(collection, collection.rgb_bands));
  // Percentiles 2 and 98 leave about 2 % at each end, more where whole numbers tie.
  for (std::size_t channel = 0; channel < 3; ++channel) {
    std::size_t dark = 0;
    std::size_t bright = 0;
    for (std::size_t i = channel; i < picture.pixels.size(); i += 3) {
      dark += picture.pixels[i] == 0 ? 1 : 0;
      bright += picture.pixels[i] == 255 ? 1 : 0;
    }
    const double count = 324 * 339;
    EXPECT_NEAR(static_cast<double>(dark) / count, 0.02, 0.015);
    EXPECT_NEAR(static_cast<double>(bright) / count, 0.02, 0.015);
  }
}

}  // namespace
}  // namespace skyglot
