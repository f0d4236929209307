// SPDX-License-Identifier: Apache-2.0
// Canned answers in the form of the Earth Engine API, made for this test.
#include "imagery/earth_engine.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/show.hpp"
#include "imagery/test_rasters.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cpl_conv.h>
#include <mutex>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;

constexpr const char* kAsset = "projects/earthengine-public/assets/TEST/SR";

ReadJson band(const std::string& id, int width) {
  return {{"id", id},
          {"dataType", {{"precision", "INT"}, {"range", {{"max", 65535}}}}},
          {"grid",
           {{"crsCode", "EPSG:32633"},
            {"affineTransform",
             {{"translateX", 400000},
              {"translateY", 5800000},
              {"scaleX", 6000.0 / width},
              {"scaleY", -6000.0 / width}}},
            {"dimensions", {{"width", width}, {"height", width}}}}}};
}

ReadJson image(const std::string& name, const std::string& day) {
  return {{"type", "IMAGE"},
          {"name", std::string(kAsset) + "/" + name},
          {"id", "TEST/SR/" + name},
          {"startTime", day + "T10:00:00Z"},
          {"endTime", day + "T10:00:10Z"},
          {"updateTime", "2022-01-01T00:00:00Z"},
          {"geometry",
           {{"type", "Polygon"},
            {"coordinates",
             {{{13.53, 52.29}, {13.61, 52.29}, {13.61, 52.34}, {13.53, 52.34}, {13.53, 52.29}}}}}},
          {"bands", {band("B2", 600), band("B3", 600), band("B4", 600), band("B11", 300)}}};
}

// GDAL's driver itself bears 429, 500 and 502 to 504 for more than a minute and a half before it
// gives up; these it hands on at once.
struct Fault {
  int status;
  const char* name;
};
constexpr std::array kFaults{Fault{404, "NOT_FOUND"}, Fault{403, "RESOURCE_EXHAUSTED"},
                             Fault{507, "INTERNAL"}};

// Answers of the service to what GDAL's drivers ask.
class EarthEngineStub {
 public:
  EarthEngineStub() {
    const std::string root = std::string("/") + kAsset;
    server_.serve(root, ReadJson{{"type", "IMAGE_COLLECTION"}, {"name", kAsset}}.dump());
    server_.server.Get(root + ":listImages",
                       [this](const httplib::Request& request, httplib::Response& response) {
                         const std::lock_guard lock(mutex_);
                         authorization_ = request.get_header_value("Authorization");
                         if (request.has_param("region"))
                           region_ = request.get_param_value("region");
                         response.set_content(list(request), "application/json");
                       });
    for (const char* name : {"a1", "a2"})
      server_.serve(root + "/" + name,
                    image(name, name[1] == '1' ? "2021-06-01" : "2021-07-01").dump());
    for (const Fault& fault : kFaults) {
      const std::string asset = "/" + busy_asset(fault.name);
      server_.server.Get(
          asset + "/a1", [&fault](const httplib::Request&, httplib::Response& response) {
            response.status = fault.status;
            response.set_content(
                ReadJson{{"error", {{"code", fault.status}, {"status", fault.name}}}}.dump(2),
                "application/json");
          });
      server_.serve(asset,
                    ReadJson{{"type", "IMAGE_COLLECTION"}, {"name", asset.substr(1)}}.dump());
      ReadJson listed = image("a1", "2021-06-01");
      listed["name"] = asset.substr(1) + "/a1";
      server_.serve(asset + ":listImages", ReadJson{{"images", {listed}}}.dump());
    }
    server_.server.Post(root + "/a1:getPixels",
                        [this](const httplib::Request& request, httplib::Response& response) {
                          response.set_content(pixels(ReadJson::parse(request.body)), "image/tiff");
                        });
    server_.start();
    CPLSetConfigOption("EEDA_URL", server_.url("/").c_str());
    CPLSetConfigOption("EEDA_BEARER", "test-token");
  }
  ~EarthEngineStub() {
    CPLSetConfigOption("EEDA_URL", nullptr);
    CPLSetConfigOption("EEDA_BEARER", nullptr);
  }
  EarthEngineStub(const EarthEngineStub&) = delete;
  EarthEngineStub& operator=(const EarthEngineStub&) = delete;

  // A collection whose image the service lists but answers with the fault of that name.
  static std::string busy_asset(const std::string& fault) {
    return "projects/earthengine-public/assets/BUSY/" + fault;
  }

  std::string authorization_;
  std::string region_;

 private:
  // Two pages.
  static std::string list(const httplib::Request& request) {
    if (request.has_param("pageToken"))
      return ReadJson{{"images", {image("a2", "2021-07-01")}}}.dump();
    return ReadJson{{"images", {image("a1", "2021-06-01")}}, {"nextPageToken", "p2"}}.dump();
  }

  // The part of the image that was asked for, as the service sends it: a GeoTIFF.
  static std::string pixels(const ReadJson& request) {
    const ReadJson& grid = request.at("grid");
    const int x0 =
        static_cast<int>((grid["affineTransform"]["translateX"].get<double>() - 4e5) / 10);
    const int y0 =
        static_cast<int>((5.8e6 - grid["affineTransform"]["translateY"].get<double>()) / 10);
    RasterRecipe recipe{.type = SampleType::u16};
    recipe.width = grid["dimensions"]["width"];
    recipe.height = grid["dimensions"]["height"];
    recipe.band_names = request.at("bandIds").get<std::vector<std::string>>();
    const auto path = fresh_folder("earth_engine_stub") / "part.tif";
    write_raster<std::uint16_t>(
        path, recipe, [&](int number, int x, int y) { return 100 * busy(number, x + x0, y + y0); });
    return read_file(path);
  }

  TestServer server_;
  std::mutex mutex_;
};

EarthEngineImport import_of(const std::string& asset) {
  EarthEngineImport import;
  import.asset = asset;
  import.collection.code = "S2";
  import.collection.bands = import.scenes.bands = {"B4", "B3", "B2"};
  import.collection.stretch = {StretchRule::Kind::range, 0, 25500};
  return import;
}

TEST(EarthEngine, ImagesAreListedPageByPage) {
  const EarthEngineStub stub;
  EarthEngineImport import = import_of("TEST/SR");
  import.filter.bbox_lonlat = Box{13, 52, 14, 53};
  ImageryCatalogue catalogue;
  const CatalogueCounts counts = import_earth_engine(import, catalogue);
  EXPECT_EQ(counts.added, 2U);
  EXPECT_EQ(stub.authorization_, "Bearer test-token");
  EXPECT_THAT(stub.region_, HasSubstr("Polygon"));
  ASSERT_EQ(catalogue.scenes.size(), 2U);
  const Scene& scene = catalogue.scenes[0];
  EXPECT_EQ(scene.gdal_name(), std::string("EEDAI:") + kAsset + "/a1:B4,B3,B2");
  EXPECT_EQ(scene.name, "a1");
  EXPECT_EQ(scene.date, "2021-06-01");
  EXPECT_EQ(scene.width, 600);
  EXPECT_EQ(scene.bands.at(0).type, SampleType::u16);
  EXPECT_NEAR(scene.gsd_m, 10, 0.02);
  EXPECT_EQ(bounding_box(scene.footprint_lonlat), (Box{13.53, 52.29, 13.61, 52.34}));
  EXPECT_EQ(catalogue.collections[0].rgb_bands, (std::vector<int>{3, 2, 1}));
  EXPECT_EQ(catalogue.collections[0].source, std::string("EEDA:") + kAsset);
}

TEST(EarthEngine, TimeAndCountLimitTheListing) {
  const EarthEngineStub stub;
  EarthEngineImport import = import_of("TEST/SR");
  import.filter.datetime = "2021-06-15/..";
  ImageryCatalogue catalogue;
  (void)import_earth_engine(import, catalogue);
  ASSERT_EQ(catalogue.scenes.size(), 1U);
  EXPECT_EQ(catalogue.scenes[0].name, "a2");
  import.filter.datetime.clear();
  import.max_items = 1;
  ImageryCatalogue one;
  EXPECT_EQ(import_earth_engine(import, one).added, 1U);
}

TEST(EarthEngine, ChipsAreCutFromTheService) {
  const EarthEngineStub stub;
  ImageryCatalogue catalogue;
  (void)import_earth_engine(import_of("TEST/SR"), catalogue);
  const AlignedScenes aligned(catalogue);
  ChipCutter cutter(catalogue, aligned, {});
  const auto chip = cutter.cut({.scene = 0, .window = {300, 280, 40, 30}});
  ASSERT_TRUE(std::holds_alternative<Patch>(chip)) << std::get<Skipped>(chip).reason;
  const Collection& collection = catalogue.collections.at(0);
  const Picture picture = show(std::get<Patch>(chip), look_of(collection, collection.rgb_bands));
  // Red is B4, the third of the bands; the stretch divides by 100.
  const std::size_t red_of_7 = 7UL * 3UL;
  EXPECT_EQ(picture.row(5)[red_of_7], busy(2, 307, 285));
  EXPECT_EQ(picture.row(5)[red_of_7 + 2], busy(0, 307, 285));
}

// A service that is busy says nothing about the image.
TEST(EarthEngine, AFaultThatPassesStopsTheImport) {
  const CPLConfigOptionSetter once("GDAL_HTTP_MAX_RETRY", "0", false);
  const EarthEngineStub stub;
  set_log_level(LogLevel::quiet);
  for (const char* fault : {"RESOURCE_EXHAUSTED", "INTERNAL"}) {
    ImageryCatalogue catalogue;
    EXPECT_THAT(message_of([&] {
                  (void)import_earth_engine(import_of(std::string("BUSY/") + fault), catalogue);
                }),
                HasSubstr("once it answers"));
    EXPECT_TRUE(catalogue.scenes.empty());
  }
  ImageryCatalogue catalogue;
  EXPECT_EQ(import_earth_engine(import_of("BUSY/NOT_FOUND"), catalogue).skipped.at("unreadable"),
            1U);
  set_log_level(LogLevel::info);
}

// Those that the driver waits for are told apart by what it says in the end.
TEST(EarthEngine, FaultsThatPassAreToldByTheirCode) {
  for (const char* words :
       {R"({"error": {"code": 429, "message": "not now"}})",
        R"({"error": {"code": 503, "message": "not now"}})", "HTTP error code : 429",
        "HTTP error code: 502", "Could not resolve host: earthengine.googleapis.com"})
    EXPECT_TRUE(is_passing_fault(words)) << words;
  for (const char* words : {R"({"error": {"code": 404, "message": "no such asset"}})",
                            "HTTP error code : 403", "EEDAI: not a band of the image", ""})
    EXPECT_FALSE(is_passing_fault(words)) << words;
}

TEST(EarthEngine, WhatIsNotThereIsNamed) {
  const EarthEngineStub stub;
  ImageryCatalogue catalogue;
  try {
    (void)import_earth_engine(import_of("NO/SUCH"), catalogue);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_THAT(error.what(), HasSubstr("NO/SUCH"));
    EXPECT_THAT(error.what(), HasSubstr("EEDA_BEARER"));
  }
  EarthEngineImport import = import_of("TEST/SR");
  import.collection.bands = import.scenes.bands = {"B99"};
  set_log_level(LogLevel::quiet);
  const CatalogueCounts counts = import_earth_engine(import, catalogue);
  set_log_level(LogLevel::info);
  EXPECT_EQ(counts.added, 0U);
  EXPECT_EQ(counts.skipped_total(), 2U);
}

}  // namespace
}  // namespace skyglot
