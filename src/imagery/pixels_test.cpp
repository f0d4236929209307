// SPDX-License-Identifier: Apache-2.0
// Kinds of files whose pixels do not mean what their numbers say at first sight: each must show the
// ground that a plain file shows.
#include "base/error.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/scan.hpp"
#include "imagery/show.hpp"
#include "imagery/test_tiffs.hpp"

#include <gmock/gmock.h>

#include <array>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing_rasters::fresh_folder;
using testing_rasters::TiffRecipe;
using testing_rasters::write_tiff;

using Rgb = std::array<int, 3>;

// Grey ground with a red square at 100..199 x 60..99, 600 x 600.
double ground(int band, int x, int y) {
  if (x >= 100 && x < 200 && y >= 60 && y < 100) return band == 0 ? 220 : 40;
  return 80 + (x / 4 * 7 + y / 4 * 13) % 60;
}

ImageryCatalogue scanned(const fs::path& folder,
                         const std::function<void(ScanOptions&)>& set = {}) {
  ScanOptions options;
  options.inputs = {folder};
  options.collection.code = "XX";
  if (set) set(options);
  ImageryCatalogue catalogue;
  (void)scan_folders(options, catalogue);
  return catalogue;
}

std::variant<Patch, Skipped> cut(const ImageryCatalogue& catalogue, const PixelWindow& window,
                                 std::size_t scene = 0) {
  const AlignedScenes aligned(catalogue);
  return ChipCutter(catalogue, aligned, {}).cut({.scene = scene, .window = window});
}

Picture shown(const ImageryCatalogue& catalogue, const PixelWindow& window, std::size_t scene = 0) {
  const auto patch = cut(catalogue, window, scene);
  if (const auto* skipped = std::get_if<Skipped>(&patch)) {
    ADD_FAILURE() << skipped->reason;
    return {};
  }
  const Collection& collection = catalogue.collections.at(0);
  return show(std::get<Patch>(patch), look_of(collection, collection.rgb_bands));
}

Rgb colour_at(const Picture& picture, int x, int y) {
  if (picture.pixels.empty()) return {-1, -1, -1};
  const std::uint8_t* pixel = picture.row(y) + 3 * x;
  return {pixel[0], pixel[1], pixel[2]};
}

Rgb colour_of_square(const ImageryCatalogue& catalogue) {
  return colour_at(shown(catalogue, {120, 70, 20, 20}), 5, 5);
}

TEST(Pixels, PalettesShowTheirColours) {
  const auto folder = fresh_folder("pixels_palette");
  TiffRecipe recipe{.bands = 1};
  recipe.declare = [](GDALDataset& file) {
    GDALColorTable table;
    const GDALColorEntry red{220, 40, 41, 255};
    const GDALColorEntry grey{90, 91, 92, 255};
    table.SetColorEntry(7, &red);
    table.SetColorEntry(9, &grey);
    file.GetRasterBand(1)->SetColorTable(&table);
  };
  write_tiff(folder / "a.tif", recipe,
             [](int, int x, int y) { return ground(0, x, y) == 220 ? 7 : 9; });
  auto catalogue = scanned(folder);
  EXPECT_EQ(catalogue.collections.at(0).rgb_bands, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(colour_of_square(catalogue), (Rgb{220, 40, 41}));
  EXPECT_EQ(colour_at(shown(catalogue, {98, 70, 20, 20}), 0, 0), (Rgb{90, 91, 92}));
  // Half the pixels: the mean of colours, not of indices.
  const AlignedScenes aligned(catalogue);
  const auto half =
      std::get<Patch>(ChipCutter(catalogue, aligned, {})
                          .cut({.scene = 0, .window = {99, 70, 2, 2}, .width = 1, .height = 1}));
  EXPECT_NEAR(std::get<std::vector<std::uint8_t>>(half.samples).at(0), 155, 1);
}

TEST(Pixels, PaletteEntriesThatAreNoDataAreMissing) {
  const auto folder = fresh_folder("pixels_palette_nodata");
  TiffRecipe recipe{.bands = 1};
  recipe.declare = [](GDALDataset& file) {
    GDALColorTable table;
    for (int i = 0; i < 256; ++i) {
      const GDALColorEntry grey{static_cast<short>(i), static_cast<short>(i), 0, 255};
      table.SetColorEntry(i, &grey);
    }
    file.GetRasterBand(1)->SetColorTable(&table);
    file.GetRasterBand(1)->SetNoDataValue(220);
  };
  write_tiff(folder / "a.tif", recipe, ground);
  const auto catalogue = scanned(folder);
  EXPECT_EQ(std::get<Skipped>(cut(catalogue, {90, 60, 20, 20})).reason, "nodata");
  EXPECT_TRUE(std::holds_alternative<Patch>(cut(catalogue, {60, 60, 20, 20})));
}

TEST(Pixels, FewerBitsThanTheTypeFillTheRange) {
  for (const int bits : {1, 2, 4, 6}) {
    const auto folder = fresh_folder("pixels_bits");
    const int most = (1 << bits) - 1;
    write_tiff(folder / "a.tif", {.options = {"NBITS=" + std::to_string(bits), "PHOTOMETRIC=RGB"}},
               [&](int band, int x, int y) { return ground(band, x, y) == 220 ? most : x % 2; });
    const auto catalogue = scanned(folder);
    EXPECT_EQ(catalogue.scenes.at(0).bands.at(0).bits, bits);
    EXPECT_EQ(colour_of_square(catalogue)[0], 255) << bits;
    EXPECT_EQ(colour_at(shown(catalogue, {1, 0, 4, 4}), 0, 0)[0], 255 / most) << bits;
  }
}

TEST(Pixels, MinIsWhiteIsTurnedRound) {
  const auto folder = fresh_folder("pixels_white");
  TiffRecipe recipe{.bands = 1, .options = {"PHOTOMETRIC=MINISWHITE"}};
  recipe.declare = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(0); };
  write_tiff(folder / "a.tif", recipe, [](int, int x, int y) {
    if (x > 500) return 0.0;
    return ground(0, x, y) == 220 ? 15.0 : 200.0;
  });
  const auto catalogue = scanned(folder);
  EXPECT_EQ(colour_of_square(catalogue), (Rgb{240, 240, 240}));
  EXPECT_EQ(colour_at(shown(catalogue, {98, 70, 20, 20}), 0, 0), (Rgb{55, 55, 55}));
  EXPECT_EQ(std::get<Skipped>(cut(catalogue, {495, 0, 20, 20})).reason, "nodata");
}

struct Turned {
  const char* name;
  bool columns;
  bool rows;
};

class PixelsTurned : public testing::TestWithParam<Turned> {};

// Any sign of either axis: what is cut and where it lies are the same.
TEST_P(PixelsTurned, NorthIsUp) {
  const auto folder = fresh_folder(std::string("pixels_turned_") + GetParam().name);
  const auto [name, columns, rows] = GetParam();
  GeoTransform grid{570000, .5, 0, 5540000, 0, -.5};
  grid = mirrored(grid, {columns, rows}, 600, 400);
  TiffRecipe recipe{.height = 400, .map_from_pixel = grid};
  recipe.declare = [](GDALDataset& file) { file.GetRasterBand(1)->SetNoDataValue(0); };
  write_tiff(folder / "a.tif", recipe, [columns = columns, rows = rows](int band, int x, int y) {
    const int u = columns ? 599 - x : x;
    const int v = rows ? 399 - y : y;
    return u > 550 ? 0 : ground(band, u, v);
  });
  const auto catalogue = scanned(folder);
  const Scene& scene = catalogue.scenes.at(0);
  EXPECT_EQ(scene.map_from_pixel, (GeoTransform{570000, .5, 0, 5540000, 0, -.5}));
  EXPECT_EQ(colour_of_square(catalogue), (Rgb{220, 40, 40}));
  const auto patch = std::get<Patch>(cut(catalogue, {60, 40, 60, 30}));
  const auto& bytes = std::get<std::vector<std::uint8_t>>(patch.samples);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 60; ++x)
      ASSERT_EQ(bytes.at(static_cast<std::size_t>(y * 60 + x)), ground(0, x + 60, y + 40));
  EXPECT_EQ(patch.map_from_pixel, (GeoTransform{570030, .5, 0, 5539980, 0, -.5}));
}

INSTANTIATE_TEST_SUITE_P(EveryWay, PixelsTurned,
                         testing::Values(Turned{"usual", false, false},
                                         Turned{"south", false, true}, Turned{"west", true, false},
                                         Turned{"both", true, true}),
                         [](const auto& turned) { return std::string(turned.param.name); });

TEST(Pixels, InfraredTaggedAsAlphaIsABand) {
  const auto folder = fresh_folder("pixels_nir");
  write_tiff(folder / "a.tif", {.bands = 4, .options = {"PHOTOMETRIC=RGB", "ALPHA=YES"}},
             [](int band, int x, int y) {
               if (band < 3) return ground(band, x, y);
               return x % 37 == 0 || (x > 120 && x < 150 && y > 70) ? 0.0 : 40 + (x * y) % 160;
             });
  const auto rule = [](DataRule::Mask mask) {
    return [mask](ScanOptions& options) { options.scenes.data.mask = mask; };
  };
  for (const auto mask : {DataRule::Mask::automatic, DataRule::Mask::none}) {
    const auto catalogue = scanned(folder, rule(mask));
    EXPECT_EQ(colour_of_square(catalogue), (Rgb{220, 40, 40}));
    EXPECT_EQ(catalogue.collections.at(0).bands, (std::vector<int>{1, 2, 3, 4}));
  }
  const auto believed = scanned(folder, rule(DataRule::Mask::file));
  EXPECT_EQ(std::get<Skipped>(cut(believed, {120, 70, 20, 20})).reason, "nodata");
  EXPECT_EQ(believed.collections.at(0).bands, (std::vector<int>{1, 2, 3}));
}

TEST(Pixels, ATrueAlphaBandStaysAMask) {
  const auto folder = fresh_folder("pixels_alpha");
  write_tiff(folder / "a.tif", {.bands = 4, .options = {"PHOTOMETRIC=RGB", "ALPHA=YES"}},
             [](int band, int x, int y) {
               if (band < 3) return ground(band, x, y);
               return x < 300 ? 255.0 : x < 304 ? 255.0 - (x - 299) * 50 : 0.0;
             });
  const auto catalogue = scanned(folder);
  EXPECT_EQ(std::get<Skipped>(cut(catalogue, {295, 70, 20, 20})).reason, "nodata");
  EXPECT_EQ(colour_of_square(catalogue), (Rgb{220, 40, 40}));
}

TEST(Pixels, DeclaredNodataIsNoData) {
  const auto folder = fresh_folder("pixels_collar");
  write_tiff(folder / "a.tif", {}, [](int band, int x, int y) {
    return x + y < 130 || x > 500 ? 0.0 : ground(band, x, y);
  });
  EXPECT_TRUE(std::holds_alternative<Patch>(cut(scanned(folder), {495, 0, 20, 20})))
      << "nobody said what black means";
  const auto declared =
      scanned(folder, [](ScanOptions& options) { options.scenes.data.nodata = 0; });
  EXPECT_EQ(std::get<Skipped>(cut(declared, {495, 0, 20, 20})).reason, "nodata");
  EXPECT_EQ(colour_of_square(declared), (Rgb{220, 40, 40}));
  EXPECT_LT(declared.scenes.at(0).footprint_lonlat.point_count(), 200U);
  const Box all = bounding_box(scanned(folder).scenes.at(0).footprint_lonlat);
  const Box valid = bounding_box(declared.scenes.at(0).footprint_lonlat);
  EXPECT_NEAR(valid.width() / all.width(), 501.0 / 600, 0.01);
}

TEST(Pixels, NodataThatIsDeclaredInVainCanBeTakenBack) {
  const auto folder = fresh_folder("pixels_no_nodata");
  TiffRecipe recipe;
  recipe.declare = [](GDALDataset& file) {
    for (int band = 1; band <= 3; ++band) file.GetRasterBand(band)->SetNoDataValue(40);
  };
  write_tiff(folder / "a.tif", recipe, [](int, int x, int y) { return ground(1, x, y); });
  EXPECT_EQ(std::get<Skipped>(cut(scanned(folder), {120, 70, 20, 20})).reason, "nodata");
  const auto taken_back = scanned(
      folder, [](ScanOptions& options) { options.scenes.data.nodata = parse_nodata("none"); });
  EXPECT_EQ(colour_of_square(taken_back), (Rgb{40, 40, 40}));
}

TEST(Pixels, DeclaredScaleAndOffsetAreApplied) {
  const auto folder = fresh_folder("pixels_scale");
  const auto write = [&](const char* name, double offset, double added, double west) {
    TiffRecipe recipe{.type = GDT_UInt16, .map_from_pixel = {west, .5, 0, 5540000, 0, -.5}};
    recipe.declare = [offset](GDALDataset& file) {
      for (int band = 1; band <= 3; ++band) {
        file.GetRasterBand(band)->SetScale(1e-4);
        file.GetRasterBand(band)->SetOffset(offset);
        file.GetRasterBand(band)->SetNoDataValue(0);
      }
    };
    write_tiff(folder / name, recipe,
               [added](int band, int x, int y) { return ground(band, x, y) * 10 + added; });
  };
  write("a_20200501.tif", 0, 0, 570000);
  write("b_20220501.tif", -0.1, 1000, 570600);
  const auto catalogue = scanned(folder, [](ScanOptions& options) {
    options.collection.stretch = parse_stretch("range:0,3000");
  });
  const Picture before = shown(catalogue, {90, 50, 30, 30}, 0);
  const Picture after = shown(catalogue, {90, 50, 30, 30}, 1);
  EXPECT_EQ(before.pixels, after.pixels);
  EXPECT_EQ(colour_at(before, 20, 20)[0], 187);  // 2200 of 3000
  const auto patch = std::get<Patch>(cut(catalogue, {90, 50, 30, 30}, 1));
  EXPECT_NEAR(std::get<std::vector<float>>(patch.samples).at(20 * 30 + 20), 0.22, 1e-6);
}

TEST(Pixels, BandsOfSeveralFilesBecomeOnePatch) {
  const auto folder = fresh_folder("pixels_files");
  const auto write = [&](const std::string& name, int factor, double base) {
    TiffRecipe recipe{.width = 600 / factor,
                      .height = 600 / factor,
                      .bands = 1,
                      .type = GDT_UInt16,
                      .map_from_pixel = {570000, 10.0 * factor, 0, 5540000, 0, -10.0 * factor}};
    return write_tiff(folder / name, recipe, [base, factor](int, int x, int y) {
      return base + 10 * (x * factor / 2) + y * factor / 2;
    });
  };
  Raster red = Raster::open(write("red.tif", 1, 1000).string());
  Scene scene = std::get<Scene>(describe_scene(red, "joined", {}));
  for (const char* name : {"green.tif", "blue.tif"})
    ASSERT_FALSE(add_file(scene, Raster::open(write(name, 1, 2000).string()).info()));
  ASSERT_FALSE(add_file(scene, Raster::open(write("swir.tif", 2, 5000).string()).info()));
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  CollectionOptions options;
  options.code = "S2";
  options.bands = {"1", "2", "3"};
  options.stretch = parse_stretch("range:0,10000");
  add_scenes(catalogue, options, "test", {scene}, counts);
  ASSERT_EQ(counts.added, 1U);
  const AlignedScenes aligned(catalogue);
  ChipCutter cutter(catalogue, aligned, {.every_band = true});
  const auto result = cutter.cut({.scene = 0, .window = {31, 17, 10, 8}});
  ASSERT_TRUE(std::holds_alternative<Patch>(result));
  const auto& patch = std::get<Patch>(result);
  ASSERT_EQ(patch.bands.size(), 4U);
  const auto& samples = std::get<std::vector<std::uint16_t>>(patch.samples);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 10; ++x) {
      const auto at = static_cast<std::size_t>(y * 10 + x);
      ASSERT_EQ(samples[at], 1000 + 10 * ((x + 31) / 2) + (y + 17) / 2);
      ASSERT_EQ(samples[3 * 80 + at], 5000 + 10 * ((x + 31) / 2) + (y + 17) / 2)
          << "a pixel of 20 m under four of 10 m";
    }
}

}  // namespace
}  // namespace skyglot
