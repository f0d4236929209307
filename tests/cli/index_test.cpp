// SPDX-License-Identifier: Apache-2.0
// skyglot index and search over it as a user runs them, on the small world with a small model of
// random weights.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "nn/small_clip.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/png.hpp"
#include "raster/raster.hpp"
#include "tests/support/world_test.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace skyglot::testing_support {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class IndexCommand : public WorldTest {
 protected:
  void SetUp() override {
    WorldTest::SetUp();
    save_model_folder(folder_ / "model", random_model(small_clip(), 1));
  }

  [[nodiscard]] ProgramResult index(const std::vector<std::string>& sources,
                                    const std::string& output,
                                    const std::vector<std::string>& more = {},
                                    const ProgramOptions& options = {}) const {
    std::vector<std::string> words{"index"};
    words.insert(words.end(), sources.begin(), sources.end());
    words.insert(words.end(), {"--model", path("model"), "--output", path(output), "--sizes",
                               "400,800", "--json"});
    words.insert(words.end(), more.begin(), more.end());
    return run_skyglot(words, options);
  }
  [[nodiscard]] ProgramResult search(const std::vector<std::string>& more,
                                     const std::string& in = "index") const {
    std::vector<std::string> words{"search", path(in)};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--model", path("model")});
    return run_skyglot(words);
  }
  [[nodiscard]] static std::vector<ReadJson> lines(const ProgramResult& result) {
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    std::vector<ReadJson> all;
    for (const auto line : split(trim(result.out), '\n'))
      if (!line.empty()) all.push_back(parse_json(std::string(line)));
    return all;
  }
  // Of the index itself: what parts are kept, and how they were found, is its own business.
  [[nodiscard]] std::map<std::string, std::string> hashes(const std::string& output) const {
    auto all = tree_hashes(path(output));
    std::erase_if(all, [](const auto& file) { return file.first.starts_with("parts/"); });
    return all;
  }
  [[nodiscard]] std::string aerial() const { return world_->path("aerial/aerial_20210601.tif"); }
  [[nodiscard]] std::string satellite() const {
    return world_->path("satellite/satellite_20200801.tif");
  }
};

TEST_F(IndexCommand, FromACatalogueToPlaces) {
  const auto made = lines(index({world_->path("imagery.gpkg")}, "index"));
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].at("parts"), 2);
  EXPECT_GT(made[0].at("windows").get<int>(), 50);
  EXPECT_GT(made[0].at("skipped").get<int>(), 0);  // the corner without data
  const auto places = lines(search({"a lake", "--k", "4", "--json"}));
  ASSERT_EQ(places.size(), 4u);
  EXPECT_EQ(places[0].at("percentile"), 100);
  for (std::size_t i = 1; i < places.size(); ++i)
    EXPECT_LE(places[i].at("score"), places[i - 1].at("score"));
  for (const auto& place : places) {
    const auto box = place.at("bbox_lonlat").get<std::vector<double>>();
    EXPECT_LT(box[0], box[2]);
    EXPECT_LT(box[1], box[3]);
    EXPECT_NEAR(box[1], 52.3, 0.2);
  }
}

TEST_F(IndexCommand, GoesOnAfterAKillWithTheSameBytes) {
  ASSERT_EQ(index({aerial(), satellite()}, "whole").exit_code, 0);
  for (const char* point : {"before_rename:1", "after_rename:3", "before_rename:5",
                            "after_rename:7", "before_rename:9", "write:2:enospc"}) {
    const auto killed = index({aerial(), satellite()}, "index", {},
                              {.environment = {{"SKYGLOT_FAIL_POINT", point}}});
    EXPECT_NE(killed.exit_code, 0) << point;
    if (fs::exists(path("index/index.json"))) {
      EXPECT_EQ(hashes("index"), hashes("whole")) << point;
    }
  }
  ASSERT_EQ(index({aerial(), satellite()}, "index").exit_code, 0);
  EXPECT_EQ(hashes("index"), hashes("whole"));
}

TEST_F(IndexCommand, NeitherThreadsNorTasksNorHistoryChangeTheBytes) {
  ASSERT_EQ(index({aerial(), satellite()}, "whole", {"--threads", "1"}).exit_code, 0);
  ASSERT_EQ(index({satellite()}, "grown", {"--threads", "3"}).exit_code, 0);
  const auto added = lines(index({satellite(), aerial()}, "grown"));
  EXPECT_EQ(added.at(0).at("new_parts"), 1);
  EXPECT_EQ(hashes("grown"), hashes("whole"));
  for (const char* task : {"2/2", "1/2"})
    ASSERT_EQ(index({aerial(), satellite()}, "shared", {"--task", task}).exit_code, 0);
  EXPECT_FALSE(fs::exists(path("shared/index.json")));
  const auto joined = lines(index({aerial(), satellite()}, "shared"));
  EXPECT_EQ(joined.at(0).at("new_parts"), 0);
  EXPECT_EQ(hashes("shared"), hashes("whole"));
}

TEST_F(IndexCommand, ARasterThatChangedIsEmbeddedAnewAndOneThatWentIsTakenOut) {
  fs::create_directories(path("rasters"));
  fs::copy_file(aerial(), path("rasters/a.tif"));
  fs::copy_file(satellite(), path("rasters/b.tif"));
  ASSERT_EQ(index({path("rasters")}, "index").exit_code, 0);
  EXPECT_EQ(lines(index({path("rasters")}, "index")).at(0).at("new_parts"), 0);
  fs::last_write_time(path("rasters/b.tif"), fs::file_time_type::clock::now());
  EXPECT_EQ(lines(index({path("rasters")}, "index")).at(0).at("new_parts"), 1);
  fs::remove(path("rasters/a.tif"));
  const auto less = lines(index({path("rasters")}, "index"));
  EXPECT_EQ(less.at(0).at("parts"), 1);
  EXPECT_EQ(less.at(0).at("new_parts"), 0);
  ASSERT_EQ(index({path("rasters")}, "fresh").exit_code, 0);
  EXPECT_EQ(hashes("index"), hashes("fresh"));
  std::size_t parts = 0;
  for (const auto& entry : fs::directory_iterator(path("index/parts")))
    parts += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(parts, 1u);
}

TEST_F(IndexCommand, SourcesThatAreLeftOutAreAskedAfter) {
  ASSERT_EQ(index({aerial(), satellite()}, "index").exit_code, 0);
  const auto refused = index({satellite()}, "index");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--drop"));
  EXPECT_THAT(refused.err, HasSubstr("aerial_20210601.tif"));
  EXPECT_EQ(lines(index({satellite()}, "index", {"--drop"})).at(0).at("parts"), 1);
}

TEST_F(IndexCommand, PicturesAreFoundByTheirPaths) {
  fs::create_directories(path("pictures/b"));
  for (int i = 0; i < 5; ++i) {
    Picture picture{40, 40, 3, {}};
    for (int k = 0; k < 40 * 40 * 3; ++k)
      picture.pixels.push_back(static_cast<std::uint8_t>((50 * i + k % 13) % 256));
    write_file_atomically(path(fmt::format("pictures/b/{}.png", i)), encode_png(picture));
  }
  ASSERT_EQ(index({path("pictures")}, "index").exit_code, 0);
  const auto found = lines(search({"--image", path("pictures/b/3.png"), "--k", "2", "--json"}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].at("id"), "b/3.png");
  EXPECT_FALSE(found[0].contains("bbox_lonlat"));
  ASSERT_EQ(search({"a lake", "--sheet", path("sheet.jpg")}).exit_code, 0);
  EXPECT_EQ(decode_jpeg(read_file(path("sheet.jpg")), "sheet").width, 5 * 246 + 6);
  fs::create_directories(path("more/pictures"));
  fs::copy_file(path("pictures/b/2.png"), path("more/pictures/2.png"));
  ASSERT_EQ(index({path("pictures/"), path("more/pictures")}, "two").exit_code, 0);
  EXPECT_THAT(lines(search({"--image", path("more/pictures/2.png"), "--k", "1", "--json"}, "two"))
                  .at(0)
                  .at("id")
                  .get<std::string>(),
              testing::StartsWith(folder_.string()));
  fs::remove_all(path("pictures"));
  EXPECT_EQ(search({"a lake"}).exit_code, 0);
  const auto gone = search({"a lake", "--sheet", path("sheet.jpg"), "--overwrite"});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.err, HasSubstr(path("pictures")));
}

TEST_F(IndexCommand, QueriesAreAddedTakenAwayAndFiltered) {
  ASSERT_EQ(index({world_->path("imagery.gpkg")}, "index").exit_code, 0);
  const auto place = lines(search({"a lake", "--k", "1", "--json"})).at(0);
  const auto centre = place.at("centre_lonlat").get<std::vector<double>>();
  const auto at =
      lines(search({"--at", fmt::format("{},{}", centre[0], centre[1]), "--k", "1", "--json"}));
  EXPECT_NEAR(at.at(0).at("score").get<double>(), 1, 1e-3);
  EXPECT_NE(search({"a lake", "--minus", "fields"}).out, search({"a lake"}).out);
  EXPECT_NE(search({"a lake", "a road"}).out, search({"a lake"}).out);
  const std::string code = place.at("collection");
  for (const auto& one : lines(search({"fields", "--collection", code, "--json"})))
    EXPECT_EQ(one.at("collection"), code);
  const std::string box = fmt::format("{},{},{},{}", centre[0] - 1e-6, centre[1] - 1e-6,
                                      centre[0] + 1e-6, centre[1] + 1e-6);
  const auto boxed = lines(search({"fields", "--bbox", box, "--json"}));
  ASSERT_EQ(boxed.size(), 1u);
  EXPECT_EQ(boxed[0].at("id"), place.at("id"));
  EXPECT_EQ(lines(search({"fields", "--min-percentile", "100", "--json"})).size(), 1u);
  EXPECT_THAT(search({"fields", "--from", "2030-01-01"}).err, HasSubstr("passes the filters"));
}

TEST_F(IndexCommand, ResultsAreTakenHome) {
  ASSERT_EQ(index({satellite()}, "index").exit_code, 0);
  for (const char* ending : {"geojson", "gpkg", "csv"}) {
    const std::string file = path(std::string("places.") + ending);
    EXPECT_EQ(search({"a lake", "--k", "3", "--output", file}).exit_code, 0);
    EXPECT_GT(fs::file_size(file), 100u);
  }
  const auto json = parse_json(read_file(path("places.geojson")));
  EXPECT_EQ(json.at("features").size(), 3u);
  EXPECT_EQ(search({"a lake", "--output", path("places.shp")}).exit_code, 2);
  EXPECT_EQ(search({"a lake", "--output", path("places.csv")}).exit_code, 1);
  ASSERT_EQ(
      search({"a lake", "--k", "3", "--sheet", path("sheet.jpg"), "--heatmap", path("heat.tif")})
          .exit_code,
      0);
  EXPECT_EQ(decode_jpeg(read_file(path("sheet.jpg")), "sheet").width, 3 * 246 + 6);
  EXPECT_EQ(Raster::open(path("heat.tif")).info().bands.front().type, SampleType::f32);
}

TEST_F(IndexCommand, ExamplesAndAreasNarrowASearch) {
  ASSERT_EQ(index({satellite()}, "index").exit_code, 0);
  const auto places = lines(search({"a lake", "--k", "3", "--json"}));
  const std::string last = places.at(2).at("id");
  const auto liked = lines(search({"--like", last, "--unlike", places[0].at("id"), "--json"}));
  EXPECT_EQ(liked.at(0).at("id"), last);
  const auto at = places[1].at("centre_lonlat").get<std::vector<double>>();
  write_file_atomically(
      path("area.geojson"),
      fmt::format(
          R"({{"type":"Polygon","coordinates":[[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{1}]]]}})",
          at[0] - 1e-5, at[1] - 1e-6, at[0] + 1e-6, at[1] + 1e-5));
  const auto inside = lines(search({"fields", "--area", path("area.geojson"), "--json"}));
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_EQ(inside[0].at("id"), places[1].at("id"));
  EXPECT_THAT(search({"--like", "nobody"}).err, HasSubstr("ids look like"));
  EXPECT_EQ(search({"--unlike", last}).exit_code, 2);
}

TEST_F(IndexCommand, TagsOfTheMapNarrowASearch) {
  ASSERT_EQ(index({aerial()}, "index").exit_code, 0);
  const auto all = lines(search({"a lake", "--k", "99", "--overlap", "1", "--json"}));
  const auto near = lines(search({"a lake", "--k", "99", "--overlap", "1", "--json", "--objects",
                                  world_->path("objects.gpkg"), "--tag", "sport=tennis"}));
  EXPECT_GT(near.size(), 0u);
  EXPECT_LT(near.size(), all.size() / 2);
  EXPECT_THAT(search({"x", "--objects", world_->path("objects.gpkg"), "--tag", "sport=chess"}).err,
              HasSubstr("sport=chess"));
  EXPECT_EQ(search({"x", "--tag", "sport=tennis"}).exit_code, 2);
}

TEST_F(IndexCommand, IsLookedAtVerifiedAndExported) {
  ASSERT_EQ(index({world_->path("imagery.gpkg")}, "index").exit_code, 0);
  const auto info = lines(run_skyglot({"index", "info", path("index"), "--json"})).at(0);
  EXPECT_EQ(info.at("sizes").size(), 2u);
  EXPECT_EQ(info.at("dimension"), 24);
  EXPECT_EQ(info.at("first_date"), "2020-08-01");
  const auto whole = run_skyglot({"index", "verify", path("index")});
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_EQ(whole.err, "");
  ASSERT_EQ(run_skyglot({"index", "export", path("index"), "--output", path("out")}).exit_code, 0);
  const std::string csv = read_file(path("out/windows.csv"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), info.at("windows").get<int>() + 1);
  // The exported vectors are vectors as any other.
  EXPECT_EQ(run_skyglot({"search", path("out/vectors.npy"), "a lake", "--model", path("model")})
                .exit_code,
            0);
  write_file_atomically(path("index/windows.gpkg"), "damaged");
  EXPECT_EQ(run_skyglot({"index", "verify", path("index")}).exit_code, 1);
  EXPECT_EQ(run_skyglot({"index", "--model", path("model")}).exit_code, 2);
}

TEST_F(IndexCommand, ADryRunOnlyCounts) {
  const auto said = lines(index({satellite()}, "index", {"--dry-run"}));
  EXPECT_FALSE(fs::exists(path("index")));
  const auto made = lines(index({satellite()}, "index"));
  EXPECT_EQ(said.at(0).at("windows").get<int>(),
            made.at(0).at("windows").get<int>() + made.at(0).at("skipped").get<int>());
  EXPECT_EQ(lines(index({satellite()}, "index", {"--dry-run"})).at(0).at("new_windows"), 0);
}

TEST_F(IndexCommand, SaysWhatIsWrong) {
  ASSERT_EQ(index({satellite()}, "index").exit_code, 0);
  const auto message = [](const ProgramResult& result, int code) {
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  EXPECT_THAT(message(index({path("nowhere")}, "other"), 1), HasSubstr("nowhere"));
  EXPECT_THAT(message(index({satellite()}, "index", {"--overlap", "0.2"}), 1),
              HasSubstr("--overwrite"));
  EXPECT_THAT(message(index({satellite()}, "model"), 1), HasSubstr("something else"));
  EXPECT_THAT(message(index({satellite()}, "other", {"--task", "3/2"}), 2), HasSubstr("k/n"));
  EXPECT_THAT(message(index({satellite()}, "other", {"--valid", "3"}), 2), HasSubstr("valid"));
  EXPECT_THAT(message(search({}), 2), HasSubstr("sentence"));
  EXPECT_THAT(message(search({" "}), 2), HasSubstr("empty sentence"));
  std::string much;
  for (int i = 0; i < 2000; ++i) much += "озеро ";
  const std::string refusal = message(search({much}), 1);
  EXPECT_THAT(refusal, HasSubstr("tokens where the model reads"));
  EXPECT_LT(refusal.size(), 1000u);
  EXPECT_EQ(search({"a lake\x01\xff\x7f"}).exit_code, 0);
  EXPECT_THAT(message(search({"x", "--bbox", "nan,0,1,1"}), 2), HasSubstr("--bbox"));
  EXPECT_THAT(message(search({"x", "--collection", "ZZ"}), 1), HasSubstr("ZZ"));
  EXPECT_THAT(message(search({"--at", "50,50"}), 1), HasSubstr("no window shows"));
  EXPECT_THAT(message(search({"--at", "50"}), 2), HasSubstr("LON,LAT"));
  save_model_folder(folder_ / "model", random_model(small_clip(), 2));
  EXPECT_THAT(message(search({"a lake"}), 1), HasSubstr("different models"));
}

TEST_F(IndexCommand, AnUnfinishedIndexIsNoVectorFile) {
  ASSERT_EQ(index({satellite()}, "index").exit_code, 0);
  fs::remove(path("index/index.json"));
  const auto result = search({"a lake"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("run the same 'skyglot index' to its end"));
  ASSERT_EQ(index({satellite()}, "index").exit_code, 0);
  EXPECT_EQ(search({"a lake"}).exit_code, 0);
}

}  // namespace
}  // namespace skyglot::testing_support
