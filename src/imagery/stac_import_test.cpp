// SPDX-License-Identifier: Apache-2.0
// STAC items and their files together: what is taken, joined, believed and said.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "imagery/stac_source.hpp"
#include "imagery/test_rasters.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;

ReadJson tiff(const std::string& href) {
  return {{"href", href}, {"type", "image/tiff; application=geotiff"}, {"roles", {"data"}}};
}

ReadJson item_with(const std::map<std::string, ReadJson>& assets) {
  ReadJson item{{"type", "Feature"},
                {"id", "here"},
                {"properties", {{"datetime", "2020-05-01T10:00:00Z"}}},
                {"assets", ReadJson::object()}};
  for (const auto& [key, asset] : assets) item["assets"][key] = asset;
  return item;
}

struct Imported {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  std::string said;

  [[nodiscard]] const Scene& scene() const { return catalogue.scenes.at(0); }
};

Imported imported(StacImport import) {
  import.collection.code = "ST";
  import.source.patience.tries = 1;
  Imported result;
  testing::internal::CaptureStderr();
  result.counts = import_stac(import, result.catalogue);
  result.said = testing::internal::GetCapturedStderr();
  return result;
}

class StacFiles : public testing::Test {
 protected:
  Imported import(const ReadJson& item, const std::string& asset = "") {
    write_file_atomically(folder_ / "item.json", item.dump());
    return imported({.source = {.location = (folder_ / "item.json").string()}, .asset = asset});
  }
  void write(const std::string& name, int width = 64) {
    write_raster<std::uint8_t>(folder_ / name,
                               {.width = width,
                                .map_from_pixel = {400000, 128.0 / width, 0, 5800000, 0, -2},
                                .band_names = {"1"}},
                               busy);
  }
  fs::path folder_ = fresh_folder(testing::UnitTest::GetInstance()->current_test_info()->name());
};

std::vector<std::string> files_of(const Scene& scene) {
  std::vector<std::string> names;
  for (const SceneFile& file : scene.files) names.push_back(fs::path(file.gdal_name).filename());
  return names;
}

TEST_F(StacFiles, OneBandAFileIsJoined) {
  std::map<std::string, ReadJson> assets;
  for (const char* name : {"aot", "blue", "green", "red", "scl"}) {
    write(std::string(name) + ".tif");
    assets[name] = tiff(std::string("./") + name + ".tif");
  }
  const Imported result = import(item_with(assets));
  ASSERT_EQ(result.counts.added, 1U);
  EXPECT_THAT(files_of(result.scene()), ElementsAre("red.tif", "green.tif", "blue.tif"));
  EXPECT_THAT(result.catalogue.collections[0].rgb_bands, ElementsAre(1, 2, 3));
  EXPECT_EQ(result.scene().bands.at(1).colour, "green");
  EXPECT_EQ(result.said, "");
}

TEST_F(StacFiles, AssetsNamedInARowAreShownInThatOrder) {
  std::map<std::string, ReadJson> assets;
  for (const char* name : {"nir", "red", "swir"}) {
    write(std::string(name) + ".tif", std::string(name) == "swir" ? 32 : 64);
    assets[name] = tiff(std::string("./") + name + ".tif");
  }
  const Imported result = import(item_with(assets), "swir,nir,red");
  ASSERT_EQ(result.counts.added, 1U);
  EXPECT_THAT(files_of(result.scene()), ElementsAre("nir.tif", "red.tif", "swir.tif"));
  EXPECT_THAT(result.catalogue.collections[0].rgb_bands, ElementsAre(3, 1, 2));
}

TEST_F(StacFiles, FilesOfOtherGroundAreNotJoined) {
  write("green.tif");
  write("blue.tif");
  write_raster<std::uint8_t>(
      folder_ / "red.tif", {.map_from_pixel = {400300, 2, 0, 5800000, 0, -2}, .band_names = {"1"}},
      busy);
  try {
    const Imported result = import(item_with(
        {{"red", tiff("red.tif")}, {"green", tiff("green.tif")}, {"blue", tiff("blue.tif")}}));
    EXPECT_EQ(result.counts.skipped, (std::map<std::string, std::size_t>{{"other_grid", 1}}));
    EXPECT_THAT(result.said, HasSubstr("do not cover the same ground"));
  } catch (const Error& error) {
    ADD_FAILURE() << error.what();
  }
}

TEST_F(StacFiles, AGuessIsSaid) {
  write("aot.tif");
  write("scl.tif");
  const Imported result = import(item_with({{"aot", tiff("aot.tif")}, {"scl", tiff("scl.tif")}}));
  EXPECT_THAT(result.said, HasSubstr("took asset aot of 1 items"));
}

TEST_F(StacFiles, TheFileCountsWhereTheItemContradictsIt) {
  write("a.tif");
  ReadJson item = item_with({{"visual", tiff("a.tif")}});
  item["properties"]["proj:epsg"] = 32633;
  item["properties"]["proj:shape"] = {48, 64};
  item["properties"]["proj:transform"] = {2, 0, 400000, 0, -2, 5800000};
  EXPECT_EQ(import(item).said, "");
  item["properties"]["proj:transform"] = {2, 0, 399850, 0, -2, 5800150};
  const Imported result = import(item);
  EXPECT_EQ(result.scene().map_from_pixel, (GeoTransform{400000, 2, 0, 5800000, 0, -2}));
  EXPECT_THAT(result.said, HasSubstr("item here of"));
  EXPECT_THAT(result.said, HasSubstr("the file counts"));
}

TEST_F(StacFiles, WhatTheFileLeavesOpenIsAsTheItemSays) {
  write("a.tif");
  ReadJson asset = tiff("a.tif");
  asset["raster:bands"] = ReadJson::array({{{"nodata", 7}, {"scale", 0.5}, {"offset", -1}}});
  asset["eo:bands"] =
      ReadJson::array({{{"name", "B08"}, {"common_name", "nir"}, {"center_wavelength", 0.84}}});
  const BandInfo band = import(item_with({{"visual", asset}})).scene().bands.at(0);
  EXPECT_EQ(band.nodata, 7.0);
  EXPECT_EQ(band.scale, 0.5);
  EXPECT_EQ(band.offset, -1.0);
  EXPECT_EQ(band.wavelength_um, 0.84);
  EXPECT_EQ(band.colour, "nir");
}

TEST_F(StacFiles, NoDataThatOnlyTheItemDeclaresIsLeftOut) {
  write_raster<std::uint8_t>(folder_ / "a.tif", {},
                             [](int band, int x, int y) { return x < 32 ? 0 : busy(band, x, y); });
  ReadJson asset = tiff("a.tif");
  const double whole =
      bounding_box(import(item_with({{"visual", asset}})).scene().footprint_lonlat).width();
  asset["raster:bands"] = ReadJson::array({{{"nodata", 0}}, {{"nodata", 0}}, {{"nodata", 0}}});
  const Scene scene = import(item_with({{"visual", asset}})).scene();
  EXPECT_EQ(scene.bands.at(2).nodata, 0.0);
  EXPECT_NEAR(bounding_box(scene.footprint_lonlat).width() / whole, 0.5, 0.02);
}

TEST_F(StacFiles, AFileWithoutASystemHasTheItems) {
  RasterRecipe recipe;
  recipe.crs = R"(LOCAL_CS["here",UNIT["metre",1]])";
  write_raster<std::uint8_t>(folder_ / "a.tif", recipe, busy);
  ReadJson item = item_with({{"visual", tiff("a.tif")}});
  EXPECT_EQ(import(item).counts.skipped.count("no_crs"), 1U);
  item["properties"]["proj:code"] = "EPSG:None";
  EXPECT_EQ(import(item).counts.skipped.count("no_crs"), 1U);
  item["properties"]["proj:code"] = "EPSG:32633";
  EXPECT_EQ(import(item).counts.added, 1U);
}

TEST_F(StacFiles, EscapesAreDecoded) {
  write("my file.tif");
  write("100%25.tif");
  EXPECT_THAT(files_of(import(item_with({{"visual", tiff("./my%20file.tif")}})).scene()),
              ElementsAre("my file.tif"));
  const std::string address = "file://" + (folder_ / "my%20file.tif").string();
  EXPECT_THAT(files_of(import(item_with({{"visual", tiff(address)}})).scene()),
              ElementsAre("my file.tif"));
  EXPECT_THAT(files_of(import(item_with({{"visual", tiff("100%25.tif")}})).scene()),
              ElementsAre("100%25.tif"));
}

TEST_F(StacFiles, MissingFilesAreCalledThat) {
  const Imported gone = import(item_with({{"visual", tiff("./gone.tif")}}));
  EXPECT_THAT(gone.said, HasSubstr("gone.tif: no such file"));
  write_file_atomically(folder_ / "text.tif", "hello");
  const Imported text = import(item_with({{"visual", tiff("./text.tif")}}));
  EXPECT_THAT(text.said, HasSubstr("not a raster format"));
}

TEST(StacServer, MissingAndRefusedFilesAreCalledThat) {
  TestServer server;
  server.server.Get("/secret.tif", [](const httplib::Request&, httplib::Response& response) {
    response.status = 403;
  });
  server.serve("/gone.json", item_with({{"visual", tiff("gone.tif")}}).dump());
  server.serve("/secret.json", item_with({{"visual", tiff("secret.tif")}}).dump());
  server.start();
  const auto said = [&](const char* path) {
    return imported({.source = {.location = server.url(path)}}).said;
  };
  EXPECT_THAT(said("/gone.json"), HasSubstr("404"));
  EXPECT_THAT(said("/secret.json"), HasSubstr("403"));
}

// Signed addresses allow GET only, and their queries must come as they are.
TEST(StacServer, SignedAddressesAreReadByGet) {
  const auto folder = fresh_folder("stac_signed");
  const std::string bytes = read_file(write_raster<std::uint8_t>(folder / "a.tif", {}, busy));
  TestServer server;
  server.server.set_pre_routing_handler(
      [](const httplib::Request& request, httplib::Response& response) {
        if (request.method != "HEAD") return httplib::Server::HandlerResponse::Unhandled;
        response.status = 403;
        return httplib::Server::HandlerResponse::Handled;
      });
  std::string signature;
  server.server.Get("/a b.tif", [&](const httplib::Request& request, httplib::Response& response) {
    signature = request.get_param_value("sig");
    response.set_header("Accept-Ranges", "bytes");
    response.set_content(bytes, "image/tiff");
  });
  server.serve("/item.json", item_with({{"visual", tiff("a%20b.tif?sig=x%2Fy%2Bz%3D")}}).dump());
  server.start();
  EXPECT_EQ(imported({.source = {.location = server.url("/item.json")}}).counts.added, 1U);
  EXPECT_EQ(signature, "x/y+z=");
}

}  // namespace
}  // namespace skyglot
