// SPDX-License-Identifier: Apache-2.0
// skyglot build --patch: scenes' own samples as GeoTIFF members of the shards.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "pictures/shard.hpp"
#include "raster/raster.hpp"
#include "tests/support/world_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <numeric>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Json = nlohmann::json;
using Members = std::map<std::string, std::string>;

class Patches : public WorldTest {
 protected:
  [[nodiscard]] ProgramResult build(const std::string& output, const std::vector<std::string>& more,
                                    const ProgramOptions& options = {},
                                    const std::string& command = "build") const {
    std::vector<std::string> all{command,
                                 "--objects",
                                 world_->path("objects.gpkg"),
                                 "--imagery",
                                 world_->path("imagery.gpkg"),
                                 "--output",
                                 (folder_ / output).string(),
                                 "--shard-size",
                                 "80"};
    all.insert(all.end(), more.begin(), more.end());
    return run_skyglot(all, options);
  }

  // Every member of every shard by its name.
  [[nodiscard]] Members members(const std::string& output) const {
    Members found;
    for (const auto& entry : fs::directory_iterator(folder_ / output / "shards"))
      read_shard(entry.path(), [&](const std::string& name, std::string_view bytes) {
        EXPECT_TRUE(found.emplace(name, bytes).second) << name;
        return true;
      });
    return found;
  }
};

Members with_ending(const Members& members, const std::string& ending) {
  Members chosen;
  for (const auto& [name, bytes] : members)
    if (name.ends_with(ending)) chosen.insert({name, bytes});
  return chosen;
}

// All bands of a window, read by GDAL.
template <typename T>
std::vector<T> samples_of(const Raster& raster, const PixelWindow& window) {
  std::vector<int> bands(raster.info().bands.size());
  std::iota(bands.begin(), bands.end(), 1);
  std::vector<T> samples(bands.size() * static_cast<std::size_t>(window.width) *
                         static_cast<std::size_t>(window.height));
  raster.read<T>({window, bands, window.width, window.height}, samples);
  return samples;
}

// Where a patch lies in its scene, by the places that both say of themselves.
PixelWindow window_in(const RasterInfo& scene, const RasterInfo& patch) {
  const GeoTransform& s = scene.map_from_pixel.value();
  const GeoTransform& p = patch.map_from_pixel.value();
  EXPECT_EQ(p[1], s[1]);
  EXPECT_EQ(p[5], s[5]);
  return {static_cast<int>(std::lround((p[0] - s[0]) / s[1])),
          static_cast<int>(std::lround((p[3] - s[3]) / s[5])), patch.width, patch.height};
}

template <typename T>
void expect_same_ground(const Raster& scene, const Raster& patch) {
  const PixelWindow window = window_in(scene.info(), patch.info());
  EXPECT_TRUE(samples_of<T>(scene, window) ==
              samples_of<T>(patch, {0, 0, window.width, window.height}))
      << patch.info().name;
}

TEST_F(Patches, HoldEveryBandOfTheirScenesToTheBit) {
  ASSERT_EQ(build("out", {"--patch", "beside"}).exit_code, 0);
  const Raster aerial = Raster::open(world_->path("aerial/aerial_20210601.tif"));
  const Raster satellite = Raster::open(world_->path("satellite/satellite_20200801.tif"));
  std::map<std::string, int> compared;
  for (const auto& [name, bytes] : with_ending(members("out"), ".tif")) {
    const bool wide = name.find("_S5_") != std::string::npos;
    if (++compared[wide ? "S5" : "AE"] > 12) continue;
    write_file_atomically(folder_ / name, bytes);
    const Raster patch = Raster::open((folder_ / name).string());
    const RasterInfo& info = patch.info();
    ASSERT_EQ(info.bands.size(), wide ? 4u : 3u) << name;
    EXPECT_EQ(info.bands.back().name, wide ? "nir" : "blue");
    EXPECT_EQ(info.bands.back().type, wide ? SampleType::u16 : SampleType::u8);
    EXPECT_TRUE(same_crs(info.crs_wkt, "EPSG:32633"));
    EXPECT_EQ(info.metadata.at("TIFFTAG_DATETIME"),
              wide ? "2020:08:01 00:00:00" : "2021:06:01 00:00:00");
    wide ? expect_same_ground<std::uint16_t>(satellite, patch)
         : expect_same_ground<std::uint8_t>(aerial, patch);
  }
  EXPECT_GT(compared["AE"], 50);
  EXPECT_GT(compared["S5"], 0);
}

TEST_F(Patches, LieBesideThePicturesOrInsteadOfThem) {
  for (const char* mode : {"none", "beside", "instead"})
    ASSERT_EQ(build(mode, {"--patch", mode}).exit_code, 0) << mode;
  ASSERT_EQ(build("default", {}).exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "default"), tree_hashes(folder_ / "none"));
  const Members none = members("none");
  const Members beside = members("beside");
  const Members instead = members("instead");
  EXPECT_EQ(with_ending(none, ".tif").size(), 0u);
  EXPECT_EQ(with_ending(instead, ".jpg").size(), 0u);
  EXPECT_GT(with_ending(none, ".jpg").size(), 100u);
  EXPECT_EQ(with_ending(none, ".jpg"), with_ending(beside, ".jpg"));
  EXPECT_EQ(with_ending(instead, ".tif"), with_ending(beside, ".tif"));
  for (const char* text : {".txt", ".json"}) {
    EXPECT_EQ(with_ending(none, text), with_ending(beside, text));
    EXPECT_EQ(with_ending(none, text), with_ending(instead, text));
  }
  EXPECT_EQ(with_ending(beside, ".tif").size(), with_ending(beside, ".jpg").size());
}

TEST_F(Patches, TablesPointAtWhatStandsForAPair) {
  for (const std::string mode : {"beside", "instead"}) {
    ASSERT_EQ(build(mode, {"--patch", mode}).exit_code, 0);
    const CsvTable table = parse_csv(read_file(folder_ / mode / "pairs.csv"), "pairs.csv");
    const Members found = members(mode);
    ASSERT_GT(table.rows.size(), 100u);
    for (const auto& row : table.rows) {
      const std::string name = fs::path(row.at(0)).filename();
      EXPECT_TRUE(name.ends_with(mode == "beside" ? ".jpg" : ".tif")) << name;
      EXPECT_TRUE(found.contains(name)) << name;
    }
  }
}

TEST_F(Patches, BytesDependNeitherOnThreadsNorTasksNorKills) {
  ASSERT_EQ(build("one", {"--patch", "beside", "--threads", "1"}).exit_code, 0);
  const auto one = tree_hashes(folder_ / "one");
  ASSERT_EQ(build("two", {"--patch", "beside", "--threads", "2"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "two"), one);
  for (const char* task : {"2/2", "1/2"})
    ASSERT_EQ(build("tasks", {"--patch", "beside", "--task", task}).exit_code, 0);
  ASSERT_EQ(build("tasks", {"--patch", "beside"}, {}, "merge").exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "tasks"), one);
  const ProgramOptions killed{.environment = {{"SKYGLOT_FAIL_POINT", "mid_manifest:2"}}};
  ASSERT_EQ(build("killed", {"--patch", "beside"}, killed).exit_code, 137);
  ASSERT_EQ(build("killed", {"--patch", "beside"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "killed"), one);
}

TEST_F(Patches, AnotherChoiceIsAnotherDataSet) {
  ASSERT_EQ(build("out", {}).exit_code, 0);
  const ProgramResult other = build("out", {"--patch", "beside"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("--overwrite"));
  const ProgramResult unknown = build("new", {"--patch", "both"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("write.patch must be none, beside or instead"));
}

TEST_F(Patches, WhatNeedsPicturesSaysThatThereAreNone) {
  const ProgramResult early = build("out", {"--patch", "instead", "--files"});
  EXPECT_EQ(early.exit_code, 2);
  EXPECT_THAT(early.err, HasSubstr("--patch beside"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  ASSERT_EQ(build("out", {"--patch", "instead"}).exit_code, 0);
  const ProgramResult report = run_skyglot({"report", (folder_ / "out").string()});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_EQ(report.err, "");
  const std::string page = read_file(folder_ / "out" / "report" / "index.html");
  EXPECT_NE(page.find("holds patches (GeoTIFF) instead of pictures"), std::string::npos);
  EXPECT_NE(page.find("Size of the GeoTIFF"), std::string::npos);
  EXPECT_EQ(page.find("data:image/jpeg"), std::string::npos);
  ASSERT_EQ(build("both", {"--patch", "beside", "--files"}).exit_code, 0);
  ASSERT_EQ(run_skyglot({"report", (folder_ / "both").string()}).exit_code, 0);
  EXPECT_NE(read_file(folder_ / "both" / "report" / "index.html").find("data:image/jpeg"),
            std::string::npos);
}

TEST_F(Patches, DryRunExpectsThemOnDisk) {
  const auto expected = [&](const std::string& mode) {
    const ProgramResult dry = build("dry", {"--patch", mode, "--dry-run", "--json"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    return Json::parse(dry.out).at("expected_bytes").get<double>();
  };
  const ProgramResult real = build("out", {"--patch", "beside", "--json"});
  const double bytes = Json::parse(real.out).at("bytes").get<double>();
  EXPECT_NEAR(expected("beside"), bytes, 0.3 * bytes);
  EXPECT_LT(expected("none"), 0.7 * bytes);
}

}  // namespace
}  // namespace skyglot::testing_support
