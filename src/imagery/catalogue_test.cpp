// SPDX-License-Identifier: Apache-2.0
#include "imagery/catalogue.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "imagery/catalogue_update.hpp"
#include "imagery/scene_builder.hpp"
#include "imagery/summary.hpp"
#include "imagery/test_rasters.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cmath>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing_rasters::fresh_folder;

Scene scene_called(const std::string& gdal_name) {
  Scene scene;
  scene.collection_code = "XX";
  scene.name = "scene";
  scene.files = {{gdal_name, 10, 20, 3}};
  scene.width = 10;
  scene.height = 20;
  scene.map_from_pixel = {0.1, 1e-5, 0, 50.7, 0, -1e-5};
  scene.crs_wkt = "EPSG:4326";
  scene.gsd_m = 1.0 / 3;
  scene.date = "2021-06-01";
  scene.licence = "open, with \"quotes\"";
  for (const char* name : {"rot", "gr\xC3\xBCn", "blau"})
    scene.bands.push_back(
        {.name = name, .colour = "Undefined", .type = SampleType::u16, .nodata = 0.0});
  scene.footprint_lonlat = Geometry::rectangle({0.1, 50.6998, 0.1001, 50.7});
  return scene;
}

// Runs `sql` on the database; the triggers of the R-tree call functions that only GDAL has.
void change(const std::filesystem::path& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const std::string all =
      "DROP TRIGGER IF EXISTS rtree_scenes_geom_update1;"
      "DROP TRIGGER IF EXISTS rtree_scenes_geom_update2;"
      "DROP TRIGGER IF EXISTS rtree_scenes_geom_update3;"
      "DROP TRIGGER IF EXISTS rtree_scenes_geom_update4;" +
      sql;
  EXPECT_EQ(sqlite3_exec(database, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

ImageryCatalogue sample() {
  ImageryCatalogue catalogue;
  catalogue.collections.push_back({.code = "XX",
                                   .name = "A name",
                                   .licence = "CC0",
                                   .attribution = "somebody",
                                   .source = "/a",
                                   .gsd_m = 0.5,
                                   .bands = {1, 2, 3},
                                   .rgb_bands = {3, 2, 1},
                                   .stretches = {{1, 2.5}, {0, 1e6}, {-3, 4}}});
  Scene first = scene_called("/a.tif");
  first.fid = 1;
  first.bands[0].nodata = std::nan("");
  first.bands[1].has_mask = true;
  first.bands[1].scale = 2.75e-5;
  first.bands[1].offset = -0.2;
  first.bands[2].bits = 12;
  first.bands[2].wavelength_um = 0.49;
  first.files = {{"/a.tif", 10, 20, 1}, {"/a2.tif", 5, 10, 2}};
  Scene second = scene_called("/b.tif");
  second.fid = 2;
  second.date.clear();
  second.footprint_lonlat.parts.push_back({Geometry::rectangle({0.2, 50, 0.3, 51}).parts[0]});
  catalogue.scenes = {first, second};
  return catalogue;
}

TEST(Catalogue, ReadsBackWhatWasWritten) {
  const auto path = fresh_folder("catalogue") / "imagery.gpkg";
  const ImageryCatalogue written = sample();
  write_catalogue(path, written);
  const ImageryCatalogue read = read_catalogue(path);
  ASSERT_EQ(read.collections.size(), 1U);
  EXPECT_EQ(read.collection("XX").stretches, written.collections[0].stretches);
  EXPECT_EQ(read.collection("XX").rgb_bands, written.collections[0].rgb_bands);
  EXPECT_EQ(read.collection("XX").gsd_m, 0.5);
  ASSERT_EQ(read.scenes.size(), 2U);
  EXPECT_EQ(read.scenes[0].footprint_lonlat, written.scenes[0].footprint_lonlat);
  EXPECT_EQ(read.scenes[1].footprint_lonlat, written.scenes[1].footprint_lonlat);
  EXPECT_EQ(read.scenes[0].map_from_pixel, written.scenes[0].map_from_pixel);
  EXPECT_EQ(read.scenes[0].gsd_m, 1.0 / 3);
  EXPECT_EQ(read.scenes[1].date, "");
  EXPECT_EQ(read.scenes[0].licence, written.scenes[0].licence);
  EXPECT_TRUE(std::isnan(read.scenes[0].bands[0].nodata.value()));
  EXPECT_TRUE(read.scenes[0].bands[1].has_mask);
  EXPECT_EQ(read.scenes[0].bands[1].name, "gr\xC3\xBCn");
  for (std::size_t i = 1; i < 3; ++i)
    EXPECT_EQ(read.scenes[0].bands[i], written.scenes[0].bands[i]);
  EXPECT_EQ(read.scenes[0].files, written.scenes[0].files);
  EXPECT_EQ(read.collections[0].bands, written.collections[0].bands);
}

TEST(Catalogue, SameContentSameBytes) {
  const auto folder = fresh_folder("catalogue_bytes");
  write_catalogue(folder / "1.gpkg", sample());
  write_catalogue(folder / "2.gpkg", read_catalogue(folder / "1.gpkg"));
  EXPECT_EQ(sha256_file(folder / "1.gpkg"), sha256_file(folder / "2.gpkg"));
}

TEST(Catalogue, OneOfAnEarlierVersionIsRead) {
  const auto path = fresh_folder("catalogue_old") / "imagery.gpkg";
  ImageryCatalogue written = sample();
  for (Scene& scene : written.scenes) scene.files = {{scene.gdal_name(), 10, 20, 3}};
  write_catalogue(path, written);
  change(path, "ALTER TABLE scenes DROP COLUMN files; ALTER TABLE collections DROP COLUMN bands;");
  const ImageryCatalogue read = read_catalogue(path);
  EXPECT_EQ(read.scenes.at(1).files, written.scenes[1].files);
  EXPECT_EQ(read.scenes.at(1).bands, written.scenes[1].bands);
  EXPECT_EQ(read.collections.at(0).bands, (std::vector<int>{3, 2, 1}))
      << "what was shown is all that is known of the collection's bands";
}

TEST(Catalogue, UnknownCollectionNamesThoseThereAre) {
  try {
    (void)sample().collection("YY");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr("XX"));
  }
}

TEST(Catalogue, ForeignFilesAreNamed) {
  const auto folder = fresh_folder("catalogue_bad");
  write_file_atomically(folder / "text.gpkg", "this is not a database at all");
  EXPECT_THROW((void)read_catalogue(folder / "text.gpkg"), Error);
  EXPECT_THROW((void)read_catalogue(folder / "missing.gpkg"), Error);
  EXPECT_THROW((void)catalogue_to_extend(folder, false), Error);
  EXPECT_THROW((void)catalogue_to_extend(folder / "text.gpkg", false), Error);
  EXPECT_THROW((void)catalogue_to_extend(folder / "missing/imagery.gpkg", true), Error);
  EXPECT_TRUE(catalogue_to_extend(folder / "text.gpkg", true).scenes.empty());
}

TEST(Catalogue, SceneWithoutItsCollectionsBandsIsAnError) {
  const auto path = fresh_folder("catalogue_bands") / "imagery.gpkg";
  ImageryCatalogue catalogue = sample();
  catalogue.collections[0].rgb_bands = {1, 2, 4};
  write_catalogue(path, catalogue);
  EXPECT_THROW((void)read_catalogue(path), Error);
}

// What reading the sample catalogue says after `sql` was run on it; "none" if nothing is wrong.
std::string complaint_after(const std::string& sql) {
  const auto path = fresh_folder("catalogue_damaged") / "imagery.gpkg";
  write_catalogue(path, sample());
  change(path, sql);
  try {
    (void)read_catalogue(path);
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format) << sql;
    return error.what();
  } catch (const std::exception& error) {
    return std::string("not an Error: ") + error.what();
  }
}

TEST(Catalogue, DamageIsFoundWhenItIsRead) {
  EXPECT_EQ(complaint_after(""), "none");
  for (const char* change :
       {"collections SET rgb_bands = '[1,2]'", "collections SET rgb_bands = '[1,2,3,1]'",
        "collections SET rgb_bands = NULL", "collections SET rgb_bands = '{\"a\":1}'",
        "collections SET stretches = '[[0,1]]'",
        "collections SET stretches = '[[0,1],[0,1],[1,1]]'",
        "collections SET stretches = '[[0],[0],[0]]'", "collections SET stretches = '7'",
        "collections SET gsd_m = 0", "collections SET gsd_m = 9e999",
        "collections SET code = '../..'", "collections SET code = NULL", "scenes SET gsd_m = NULL",
        "scenes SET gsd_m = -1", "scenes SET width = 0", "scenes SET geom = NULL",
        "scenes SET geom = x'00'", "scenes SET map_from_pixel = '[1,2]'",
        "scenes SET map_from_pixel = '[0,1e308,0,0,0,\"a\"]'", "scenes SET bands = '[]'",
        "scenes SET bands = '[[1],[2],[3]]'", "scenes SET bands = 'x'",
        "scenes SET bands = replace(bands, '12', '-1')",
        "scenes SET bands = replace(bands, '2.75e-05', '0')", "scenes SET files = '[]'",
        "scenes SET files = 'x'", "scenes SET files = replace(files, '5', '0')",
        "scenes SET files = replace(files, '\"bands\":2', '\"bands\":1')",
        "collections SET bands = '[1,2]'", "collections SET bands = '[1,2,3,9]'",
        // A point, a polygon without rings, a ring without an area, and one at infinity.
        "scenes SET geom = x'4750000100000000' || x'0101000000' || zeroblob(16)",
        "scenes SET geom = x'4750000100000000' || x'010300000000000000'",
        "scenes SET geom = x'4750000100000000' || x'01030000000100000001000000' || zeroblob(16)",
        "scenes SET geom = x'4750000100000000' || x'01030000000100000004000000' || "
        "x'000000000000F07F' || zeroblob(56)"})
    EXPECT_THAT(complaint_after(std::string("UPDATE ") + change), HasSubstr("imagery.gpkg"))
        << change;
}

CollectionOptions options_for(const std::string& code) {
  CollectionOptions options;
  options.code = code;
  options.stretch = {StretchRule::Kind::range, 0, 1000};
  return options;
}

TEST(AddScenes, SortsNumbersAndReplaces) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  add_scenes(catalogue, options_for("ZZ"), "/x", {scene_called("/b"), scene_called("/a")}, counts);
  add_scenes(catalogue, options_for("AA"), "/x", {scene_called("/b")}, counts);
  Scene again = scene_called("/b");
  again.date = "2022-02-02";
  add_scenes(catalogue, options_for("ZZ"), "/x", {again}, counts);
  EXPECT_EQ(counts.added, 3U);
  EXPECT_EQ(counts.updated, 1U);
  ASSERT_EQ(catalogue.scenes.size(), 3U);
  EXPECT_EQ(catalogue.scenes[0].collection_code, "AA");
  EXPECT_EQ(catalogue.scenes[1].gdal_name(), "/a");
  EXPECT_EQ(catalogue.scenes[2].date, "2022-02-02");
  EXPECT_EQ(catalogue.scenes[2].fid, 3);
  EXPECT_EQ(catalogue.collections[0].code, "AA");
}

TEST(AddScenes, SourcesAreKeptOnceEach) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  for (const char* source : {"/data/ab", "/data/a", "/data/a", "/data/*"})
    add_scenes(catalogue, options_for("XX"), source, {scene_called("/x")}, counts);
  EXPECT_EQ(catalogue.collections[0].source, "/data/ab; /data/a; /data/*");
}

TEST(AddScenes, OtherBandsAndTypesAreCounted) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  Scene bytes = scene_called("/bytes");
  for (BandInfo& band : bytes.bands) band.type = SampleType::u8;
  Scene grey = scene_called("/grey");
  grey.bands.resize(1);
  add_scenes(catalogue, options_for("XX"), "/x", {scene_called("/a"), bytes, grey}, counts);
  EXPECT_EQ(counts.added, 1U);
  EXPECT_EQ(counts.skipped,
            (std::map<std::string, std::size_t>{{"other_bands", 1}, {"other_type", 1}}));
}

TEST(AddScenes, PatchesHaveTheBandsThatEverySceneHas) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  const auto with = [](const std::string& name, const std::vector<const char*>& further) {
    Scene scene = scene_called(name);
    for (const char* band : further)
      scene.bands.push_back({.name = band, .colour = band, .type = SampleType::u16});
    return scene;
  };
  add_scenes(catalogue, options_for("XX"), "/x", {with("/a", {"nir", "swir", "Alpha"})}, counts);
  EXPECT_EQ(catalogue.collections[0].bands, (std::vector<int>{1, 2, 3, 4, 5}));
  add_scenes(catalogue, options_for("XX"), "/x", {with("/b", {"nir", "swir22"})}, counts);
  EXPECT_EQ(catalogue.collections[0].bands, (std::vector<int>{1, 2, 3, 4}));
  add_scenes(catalogue, options_for("XX"), "/x", {with("/c", {})}, counts);
  EXPECT_EQ(catalogue.collections[0].bands, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(counts.added, 3U);
}

TEST(AddFile, FilesMustCoverTheSameGround) {
  const auto file = [](const std::string& name, int side, GeoTransform grid) {
    return RasterInfo{.name = name,
                      .width = side,
                      .height = side,
                      .bands = {{.name = name, .colour = "Undefined", .type = SampleType::u16}},
                      .map_from_pixel = grid,
                      .crs_wkt = "EPSG:32633",
                      .metadata = {}};
  };
  Scene scene;
  scene.width = scene.height = 100;
  scene.map_from_pixel = {500000, 10, 0, 5500000, 0, -10};
  scene.crs_wkt = "EPSG:32633";
  EXPECT_FALSE(add_file(scene, file("B04", 100, {500000, 10, 0, 5500000, 0, -10})));
  EXPECT_FALSE(add_file(scene, file("B11", 50, {500000, 20, 0, 5500000, 0, -20})));
  EXPECT_TRUE(add_file(scene, file("shifted", 100, {500010, 10, 0, 5500000, 0, -10})));
  EXPECT_TRUE(add_file(scene, file("smaller", 90, {500000, 10, 0, 5500000, 0, -10})));
  RasterInfo other = file("other", 100, {500000, 10, 0, 5500000, 0, -10});
  other.crs_wkt = "EPSG:32632";
  EXPECT_TRUE(add_file(scene, other));
  EXPECT_EQ(scene.files, (std::vector<SceneFile>{{"B04", 100, 100, 1}, {"B11", 50, 50, 1}}));
  EXPECT_EQ(scene.bands.size(), 2U);
}

TEST(AddScenes, StretchStaysUnlessAskedFor) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  CollectionOptions options = options_for("XX");
  add_scenes(catalogue, options, "/x", {scene_called("/a")}, counts);
  options.stretch.high = 2000;
  add_scenes(catalogue, options, "/x", {scene_called("/b")}, counts);
  EXPECT_EQ(catalogue.collections[0].stretches.at(2), (BandStretch{0, 1000}));
  options.restretch = true;
  add_scenes(catalogue, options, "/x", {scene_called("/b")}, counts);
  EXPECT_EQ(catalogue.collections[0].stretches.at(2), (BandStretch{0, 2000}));
}

TEST(AddScenes, OtherBandsForAnOldCollectionAreRefused) {
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  CollectionOptions options = options_for("XX");
  add_scenes(catalogue, options, "/x", {scene_called("/a")}, counts);
  options.bands = {"3", "2", "1"};
  EXPECT_THROW(add_scenes(catalogue, options, "/x", {scene_called("/b")}, counts), Error);
}

TEST(CollectionOptions, NamesEveryProblemAtOnce) {
  CollectionOptions options;
  options.code = "toolong";
  options.gsd_m = -1;
  options.bands = {"1", "2"};
  try {
    options.validate();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    for (const char* part : {"--collection", "--gsd", "--bands"})
      EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(Summary, CountsAndMeasures) {
  const CollectionSummary summary = summarise(sample()).at(0);
  EXPECT_EQ(summary.scenes, 2U);
  EXPECT_EQ(summary.first_date, "2021-06-01");
  // A tenth of a degree by one degree at 50.5 degrees north: 7.10 km by 111.2 km, plus 0.016 km2.
  EXPECT_NEAR(summary.area_km2, 7.10 * 111.2, 15);
  EXPECT_DOUBLE_EQ(summary.extent_lonlat.max_x, 0.3);
}

}  // namespace
}  // namespace skyglot
