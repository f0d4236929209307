// SPDX-License-Identifier: Apache-2.0
// How scanned files get their place and their licence: side files, reference systems, tags, links.
#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/scan.hpp"
#include "imagery/summary.hpp"
#include "imagery/test_rasters.hpp"
#include "raster/gdal_dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gdal_priv.h>
#include <ogr_spatialref.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::write_raster;

using Change = std::function<void(GDALDataset&)>;
constexpr int kWidth = 80;
constexpr int kHeight = 60;
constexpr GeoTransform kPlace{500000, 3, 0, 5700000, 0, -3};
constexpr const char* kWorldFile = "3\n0\n0\n-3\n500001.5\n5699998.5\n";

// A busy picture of three bands without a place, changed, then written by `driver`.
fs::path write_by(const char* driver, const fs::path& path, const Change& change = {}) {
  GDALAllRegister();
  GDALDriverManager& drivers = *GetGDALDriverManager();
  const DatasetHandle memory(
      drivers.GetDriverByName("MEM")->Create("", kWidth, kHeight, 3, GDT_Byte, nullptr));
  std::vector<std::uint8_t> plane(std::size_t{kWidth} * kHeight);
  for (int band = 0; band < 3; ++band) {
    for (int i = 0; i < kWidth * kHeight; ++i)
      plane[static_cast<std::size_t>(i)] =
          static_cast<std::uint8_t>(busy(band, i % kWidth, i / kWidth));
    GDALRasterBand& into = *memory->GetRasterBand(band + 1);
    EXPECT_EQ(into.RasterIO(GF_Write, 0, 0, kWidth, kHeight, plane.data(), kWidth, kHeight,
                            GDT_Byte, 0, 0, nullptr),
              CE_None);
    into.SetColorInterpretation(static_cast<GDALColorInterp>(GCI_RedBand + band));
  }
  if (change) change(*memory);
  const DatasetHandle written(drivers.GetDriverByName(driver)->CreateCopy(
      path.c_str(), memory.get(), 0, nullptr, nullptr, nullptr));
  EXPECT_NE(written, nullptr) << driver;
  return path;
}

struct Scanned {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
};

Scanned placed_scan(const fs::path& path, const std::string& crs = "") {
  ScanOptions options;
  options.inputs = {path};
  options.collection.code = "XX";
  options.scenes.crs = crs;
  Scanned result;
  set_log_level(LogLevel::quiet);
  result.counts = scan_folders(options, result.catalogue);
  set_log_level(LogLevel::info);
  return result;
}

std::string only_reason(const Scanned& result) {
  return result.counts.skipped.size() == 1 ? result.counts.skipped.begin()->first : "";
}

std::string wkt(const char* text, bool esri = false) {
  OGRSpatialReference crs;
  EXPECT_EQ(crs.SetFromUserInput(text), OGRERR_NONE);
  EXPECT_TRUE(!esri || crs.morphToESRI() == OGRERR_NONE);
  char* exported = nullptr;
  EXPECT_EQ(crs.exportToWkt(&exported), OGRERR_NONE);
  std::string result(exported);
  CPLFree(exported);
  return result;
}

struct Format {
  const char* driver;
  const char* file;
  const char* world_file;
};

class PlacedByWorldFile : public testing::TestWithParam<Format> {};

TEST_P(PlacedByWorldFile, AndByTheOptionsSystem) {
  const auto folder = fresh_folder("placed_by_world_file");
  const fs::path path = write_by(GetParam().driver, folder / GetParam().file);
  EXPECT_EQ(only_reason(placed_scan(path, "EPSG:32632")), "no_geotransform");
  write_file_atomically(folder / GetParam().world_file, kWorldFile);
  EXPECT_EQ(only_reason(placed_scan(path)), "no_crs");
  const Scanned result = placed_scan(folder, "EPSG:32632");
  ASSERT_EQ(result.counts.added, 1U);
  EXPECT_EQ(result.counts.skipped_total(), 0U);
  EXPECT_EQ(result.catalogue.scenes[0].map_from_pixel, kPlace);
}

TEST_P(PlacedByWorldFile, AndByASystemBesideIt) {
  const auto folder = fresh_folder("placed_by_prj");
  const fs::path path = write_by(GetParam().driver, folder / GetParam().file);
  write_file_atomically(folder / GetParam().world_file, kWorldFile);
  write_file_atomically(fs::path(path).replace_extension(".prj"), wkt("EPSG:32632", true));
  const Scanned result = placed_scan(folder);
  ASSERT_EQ(result.counts.added, 1U);
  EXPECT_NEAR(bounding_box(result.catalogue.scenes[0].footprint_lonlat).min_x, 9, 1e-6);
}

// What GDAL and QGIS leave beside a file that cannot hold its place itself.
TEST_P(PlacedByWorldFile, OrByNotesBesideIt) {
  const auto folder = fresh_folder("placed_by_notes");
  const fs::path path = write_by(GetParam().driver, folder / GetParam().file);
  write_file_atomically(fs::path(path.string() + ".aux.xml"),
                        "<PAMDataset><SRS>" + wkt("EPSG:32632") +
                            "</SRS><GeoTransform>500000,3,0,5700000,0,-3</GeoTransform>"
                            "</PAMDataset>");
  const Scanned result = placed_scan(folder);
  ASSERT_EQ(result.counts.added, 1U);
  EXPECT_EQ(result.catalogue.scenes[0].map_from_pixel, kPlace);
  const AlignedScenes aligned(result.catalogue);
  ChipCutter cutter(result.catalogue, aligned, {});
  EXPECT_TRUE(std::holds_alternative<Patch>(cutter.cut({.scene = 0, .window = {8, 8, 32, 32}})));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2)
      << "reading must not write beside the files";
}

INSTANTIATE_TEST_SUITE_P(
    Scan, PlacedByWorldFile,
    testing::Values(Format{"PNG", "a.png", "a.pgw"}, Format{"PNG", "a.png", "a.wld"},
                    Format{"JPEG", "a.jpg", "a.jgw"}, Format{"JPEG", "a.JPG", "a.JGW"},
                    Format{"JPEG", "a.jpeg", "a.jgw"}, Format{"JPEG", "a.jpg", "a.jpgw"},
                    Format{"JP2OpenJPEG", "a.jp2", "a.j2w"}, Format{"GTiff", "a.tif", "a.tfw"},
                    Format{"GTiff", "a.tiff", "a.tfw"}, Format{"BMP", "a.bmp", "a.bpw"},
                    Format{"WEBP", "a.webp", "a.wld"}));

// LOCAL_CS, as the FLAIR tiles have it, says nothing of the earth.
TEST(ScanPlacing, AnEngineeringSystemIsNone) {
  const auto folder = fresh_folder("scan_engineering");
  const fs::path path = write_by("GTiff", folder / "a.tif", [](GDALDataset& file) {
    GeoTransform place{650000, .2, 0, 6860000, 0, -.2};
    file.SetGeoTransform(place.data());
    OGRSpatialReference crs;
    crs.SetFromUserInput(R"(LOCAL_CS["RGF93 / Lambert-93",UNIT["metre",1]])");
    file.SetSpatialRef(&crs);
  });
  EXPECT_EQ(only_reason(placed_scan(path)), "no_crs");
  const Scanned result = placed_scan(path, "EPSG:2154");
  ASSERT_EQ(result.counts.added, 1U);
  const Box box = bounding_box(result.catalogue.scenes[0].footprint_lonlat);
  EXPECT_NEAR(box.min_x, 2.3188, 1e-4);
  EXPECT_NEAR(box.max_y, 48.8382, 1e-4);
}

TEST(ScanPlacing, ControlPointsAreNoGrid) {
  const auto folder = fresh_folder("scan_control_points");
  const fs::path path = write_by("GTiff", folder / "a.tif", [](GDALDataset& file) {
    std::array<GDAL_GCP, 3> points{};
    GDALInitGCPs(3, points.data());
    for (std::size_t i = 0; i < 3; ++i) {
      points.at(i).dfGCPPixel = i == 1 ? kWidth : 0;
      points.at(i).dfGCPLine = i == 2 ? kHeight : 0;
      points.at(i).dfGCPX = 9.9 + (i == 1 ? 0.01 : 0);
      points.at(i).dfGCPY = 50.0 + (i == 2 ? 0.013 : 0);
    }
    OGRSpatialReference crs;
    crs.SetFromUserInput("EPSG:4326");
    file.SetGCPs(3, points.data(), &crs);
    GDALDeinitGCPs(3, points.data());
  });
  for (const char* crs : {"", "EPSG:32632"})
    EXPECT_EQ(only_reason(placed_scan(path, crs)), "gcp_only");
  EXPECT_EQ(skip_advice("gcp_only"), "located by ground control points: gdalwarp it first");
}

TEST(ScanPlacing, RationalPolynomialsAreNoGrid) {
  const auto folder = fresh_folder("scan_rpc");
  const fs::path path = write_by("GTiff", folder / "a.tif", [](GDALDataset& file) {
    const std::string one = "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
    CPLStringList rpc;
    for (const char* name : {"LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF",
                             "LINE_SCALE", "SAMP_SCALE", "LAT_SCALE", "LONG_SCALE", "HEIGHT_SCALE"})
      rpc.SetNameValue(name, "10");
    for (const char* name :
         {"LINE_NUM_COEFF", "LINE_DEN_COEFF", "SAMP_NUM_COEFF", "SAMP_DEN_COEFF"})
      rpc.SetNameValue(name, one.c_str());
    file.SetMetadata(rpc.List(), "RPC");
  });
  EXPECT_EQ(only_reason(placed_scan(path, "EPSG:4326")), "rpc_only");
}

fs::path licensed(const fs::path& path, const std::string& copyright) {
  return write_raster<std::uint8_t>(path, {.metadata = {{"TIFFTAG_COPYRIGHT", copyright}}}, busy);
}

TEST(ScanLicence, IsWhatTheTagsSay) {
  const auto folder = fresh_folder("scan_licence");
  licensed(folder / "a.tif", "Bild: Beispielamt, CC BY 4.0");
  licensed(folder / "b.tif", "Bild: Beispielamt, CC BY 4.0");
  ImageryCatalogue catalogue = placed_scan(folder).catalogue;
  EXPECT_EQ(licence_of(catalogue, catalogue.collections[0]), "Bild: Beispielamt, CC BY 4.0");
  licensed(folder / "c.tif", " \xA9 B\xFCro\r\n2020 ");  // Latin-1
  catalogue = placed_scan(folder).catalogue;
  EXPECT_EQ(licence_of(catalogue, catalogue.collections[0]),
            "Bild: Beispielamt, CC BY 4.0; © Büro 2020");
  catalogue.collections[0].licence = "CC0";
  EXPECT_EQ(licence_of(catalogue, catalogue.collections[0]), "CC0");
}

TEST(ScanLicence, ManyTextsAreNotAllShown) {
  ImageryCatalogue catalogue;
  catalogue.collections.resize(1);
  catalogue.collections[0].code = "XX";
  for (char c = 'a'; c < 'o'; ++c) {
    Scene scene;
    scene.collection_code = "XX";
    scene.licence = c;
    catalogue.scenes.push_back(scene);
  }
  EXPECT_EQ(licence_of(catalogue, catalogue.collections[0]),
            "a; b; c; d; e; f; g; h; i; j; and 4 more");
}

std::vector<std::string> names_under(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& file : files_to_scan({folder}))
    names.push_back(file.lexically_relative(folder).string());
  return names;
}

TEST(ScanFolders, LinksThatLeadInACircleAreFollowedOnce) {
  const auto folder = fresh_folder("scan_links");
  fs::create_directories(folder / "b/deep");
  write_file_atomically(folder / "b/deep/x.tif", "x");
  fs::create_directory_symlink(folder, folder / "b/deep/up");
  fs::create_directory_symlink("..", folder / "b/again");
  fs::create_directory_symlink("b", folder / "a");
  fs::create_directory_symlink("nowhere", folder / "broken");
  EXPECT_THAT(names_under(folder), ElementsAre("b/deep/x.tif"));
}

TEST(ScanFolders, LinksToElsewhereAreFollowed) {
  const auto elsewhere = fresh_folder("scan_elsewhere");
  write_file_atomically(elsewhere / "y.tif", "y");
  const auto folder = fresh_folder("scan_links_out");
  fs::create_directory_symlink(elsewhere, folder / "z");
  fs::create_directory_symlink(elsewhere, folder / "l");
  fs::create_symlink(elsewhere / "y.tif", folder / "one.tif");
  EXPECT_THAT(names_under(folder), ElementsAre("l/y.tif", "one.tif"));
}

}  // namespace
}  // namespace skyglot
