// SPDX-License-Identifier: Apache-2.0
// skyglot landcover as a user runs it, on the small world with the model that comes with skyglot,
// and on real labelled pictures where they are.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "tests/support/world_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class LandcoverCommand : public WorldTest {
 protected:
  [[nodiscard]] std::string satellite() const {
    return world_->path("satellite/satellite_20200801.tif");
  }

  // Three classes, one epoch: seconds.
  [[nodiscard]] ProgramResult train(const std::vector<std::string>& more,
                                    const ProgramOptions& options = {},
                                    const std::string& tile = "64") const {
    std::vector<std::string> words{"landcover", "train",    satellite(), "--classes", "3",
                                   "--tile",    tile,       "--centres", "6",         "--epochs",
                                   "1",         "--output", path("land")};
    words.insert(words.end(), more.begin(), more.end());
    return run_skyglot(words, options);
  }
  [[nodiscard]] ProgramResult draw(const std::string& name,
                                   const ProgramOptions& options = {}) const {
    return run_skyglot({"landcover", "map", satellite(), "--model", path("land"), "--memory", "1M",
                        "--output", path(name)},
                       options);
  }
};

TEST_F(LandcoverCommand, FromImageryToAMapAndItsScore) {
  const ProgramResult trained = train({"--json", "--seeds", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(trained.err, "");
  const auto json = parse_json(trained.out);
  EXPECT_EQ(json.at("seeds").size(), 2U);
  EXPECT_EQ(json.at("shares").size(), 3U);
  const ProgramResult drawn = draw("map.tif");
  ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("class 3"));
  EXPECT_TRUE(fs::exists(path("map.tif.aux.xml")));
  // A map is right about itself.
  const ProgramResult score = run_skyglot({"landcover", "score", path("map.tif"), "--truth",
                                           path("map.tif"), "--ignore", "0", "--json"});
  ASSERT_EQ(score.exit_code, 0) << score.err;
  const auto first = parse_json(std::string(split(trim(score.out), '\n').front()));
  EXPECT_EQ(run_skyglot({"landcover", "score", path("map.tif"), "--truth", path("map.tif"),
                         "--ignore", "0", "--confusion", path("confusion.svg")})
                .exit_code,
            0);
  EXPECT_THAT(read_file(path("confusion.svg")), HasSubstr("</svg>"));
  EXPECT_DOUBLE_EQ(first.at("accuracy").get<double>(), 100);
  EXPECT_DOUBLE_EQ(first.at("kappa").get<double>(), 1);
}

TEST_F(LandcoverCommand, GoesOnAfterAKillWithTheSameBytes) {
  ASSERT_EQ(train({}).exit_code, 0);
  ASSERT_EQ(draw("whole.tif").exit_code, 0);
  for (const char* point : {"before_rename:1", "after_rename:1", "before_rename:2",
                            "mid_manifest:2", "before_rename:4", "write:3:enospc"}) {
    const ProgramResult killed = draw("map.tif", {.environment = {{"SKYGLOT_FAIL_POINT", point}}});
    EXPECT_NE(killed.exit_code, 0) << point;
    EXPECT_FALSE(fs::exists(path("map.tif"))) << point;
  }
  const ProgramResult resumed = draw("map.tif");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("by earlier runs"));
  const auto hashes = tree_hashes(folder_);
  EXPECT_EQ(hashes.at("map.tif"), hashes.at("whole.tif"));
  EXPECT_FALSE(fs::exists(path("map.tif.partial")));
}

TEST_F(LandcoverCommand, SharpensAMapAndDrawsItsPolygons) {
  ASSERT_EQ(train({}).exit_code, 0);
  ASSERT_EQ(draw("plain.tif").exit_code, 0);
  const auto sharpen = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"landcover",   "map",      satellite(),     "--model",
                                   path("land"),  "--output", path("map.tif"), "--crf",
                                   "--overwrite", "--json",   "--polygons",    path("map.gpkg")};
    words.insert(words.end(), more.begin(), more.end());
    return run_skyglot(words);
  };
  const ProgramResult all = sharpen({});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(all.err, "");
  const auto hashes = tree_hashes(folder_);
  EXPECT_NE(hashes.at("map.tif"), hashes.at("plain.tif"));
  const ProgramResult few = sharpen({"--min-area", "2000", "--simplify", "5"});
  ASSERT_EQ(few.exit_code, 0) << few.err;
  EXPECT_LT(parse_json(few.out).at("polygons").get<int>(),
            parse_json(all.out).at("polygons").get<int>());
  EXPECT_GT(parse_json(few.out).at("polygons").get<int>(), 0);
  EXPECT_EQ(sharpen({"--crf-margin", "-1"}).exit_code, 2);
  EXPECT_EQ(sharpen({"--min-area", "-1"}).exit_code, 2);
  EXPECT_EQ(sharpen({"--polygons", path("map.tif")}).exit_code, 2);
  EXPECT_EQ(sharpen({"--preview", path("map.tif")}).exit_code, 2);
  EXPECT_EQ(sharpen({"--preview", path("nowhere/map.svg")}).exit_code, 1);
  EXPECT_EQ(tree_hashes(folder_).at("map.tif"), hashes.at("map.tif"));
}

TEST_F(LandcoverCommand, RefusesPolygonsBeforeTheWork) {
  ASSERT_EQ(train({}).exit_code, 0);
  const ProgramResult refused =
      run_skyglot({"landcover", "map", satellite(), "--model", path("land"), "--output",
                   path("map.tif"), "--polygons", path("nowhere/map.gpkg")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("nowhere"));
  EXPECT_FALSE(fs::exists(path("map.tif")));
  EXPECT_EQ(run_skyglot({"landcover", "map", satellite(), "--model", path("land"), "--output",
                         path("map.tif"), "--min-area", "3"})
                .exit_code,
            2);
}

TEST_F(LandcoverCommand, NamesClassesByWordsPointsAndTheMap) {
  ASSERT_EQ(train({}).exit_code, 0);
  const auto name = [&](const std::vector<std::string>& by) {
    std::vector<std::string> words{"landcover", "name",     path("land"),  satellite(),
                                   "--output",  path("it"), "--overwrite", "--json"};
    words.insert(words.end(), by.begin(), by.end());
    return run_skyglot(words);
  };
  const ProgramResult words = name({"--names", "water|lake, forest, farmland, houses"});
  ASSERT_EQ(words.exit_code, 0) << words.err;
  EXPECT_EQ(parse_json(words.out).at("clusters").size(), 3U);
  EXPECT_TRUE(fs::exists(path("it/merge.csv")));
  EXPECT_EQ(name({"--names", "water, forest", "--centres"}).exit_code, 0);
  write_file_atomically(path("clicks.csv"), "name,column,row\nhere,10,10\n");
  const ProgramResult points = name({"--points", path("clicks.csv")});
  ASSERT_EQ(points.exit_code, 0) << points.err;
  EXPECT_THAT(points.out, HasSubstr("\"name\":\"here\""));
  const ProgramResult objects = name({"--objects", world_->path("objects.gpkg")});
  ASSERT_EQ(objects.exit_code, 0) << objects.err;
  EXPECT_EQ(parse_json(objects.out).at("clusters").size(), 3U);
  // A named model draws like any other.
  EXPECT_EQ(run_skyglot({"landcover", "map", satellite(), "--model", path("it"), "--output",
                         path("map.tif"), "--preview", path("map.svg")})
                .exit_code,
            0);
  EXPECT_THAT(read_file(path("map.svg")), HasSubstr("data:image/png;base64,"));
}

TEST_F(LandcoverCommand, LearnsFromTheMap) {
  ASSERT_EQ(train({}).exit_code, 0);
  const auto write_rules = [&](const std::string& rules) {
    write_file_atomically(path("rules.csv"),
                          "key,value,class,rank,half_width_m,least_gsd_m,most_gsd_m\n" + rules);
  };
  write_rules("landuse,forest,forest,1,0,0,9\nbuilding,*,building,2,0,0,9\n");
  const auto teach = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"landcover",     "teach",
                                   path("land"),    satellite(),
                                   "--objects",     world_->path("objects.gpkg"),
                                   "--rules",       path("rules.csv"),
                                   "--output",      path("taught"),
                                   "--cache",       path("land.features"),
                                   "--inset",       "0",
                                   "--least-share", "0.05",
                                   "--overwrite",   "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_skyglot(words);
  };
  const ProgramResult taught = teach({});
  ASSERT_EQ(taught.exit_code, 0) << taught.err;
  EXPECT_EQ(parse_json(taught.out).at("classes").size(), 2U);
  const auto hashes = tree_hashes(path("taught"));
  ASSERT_EQ(teach({"--threads", "1"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(path("taught")), hashes);
  EXPECT_EQ(run_skyglot({"landcover", "map", satellite(), "--model", path("taught"), "--output",
                         path("map.tif"), "--no-flip"})
                .exit_code,
            0);
  write_rules("no,such,tag,1,0,0,9\n");
  const ProgramResult nothing = teach({});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("two are needed"));
  EXPECT_EQ(teach({"--robustness", "2"}).exit_code, 2);
  const ProgramResult twice =
      run_skyglot({"landcover", "teach", path("taught"), satellite(), "--objects",
                   world_->path("objects.gpkg"), "--output", path("again")});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("taught already"));
  EXPECT_THAT(run_skyglot({"landcover", "name", path("taught"), satellite(), "--names",
                           "water, wood", "--output", path("again")})
                  .err,
              HasSubstr("named its classes"));
}

TEST_F(LandcoverCommand, DrawsClassesByTheirNamesAlone) {
  const auto draw_names = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"landcover", "map", satellite(), "--output", path("words.tif")};
    words.insert(words.end(), more.begin(), more.end());
    return run_skyglot(words);
  };
  EXPECT_THAT(draw_names({}).err, HasSubstr("--model is missing"));
  EXPECT_THAT(draw_names({"--open-vocabulary"}).err, HasSubstr("--names"));
  EXPECT_EQ(draw_names({"--open-vocabulary", "--names", "water"}).exit_code, 2);
  EXPECT_THAT(draw_names({"--model", path("x"), "--names", "water, wood"}).err,
              HasSubstr("landcover name"));
  const ProgramResult drawn = draw_names({"--open-vocabulary", "--names", "water, wood, field"});
  ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("field"));
}

TEST_F(LandcoverCommand, FeaturesOfAKilledRunAreFoundAgain) {
  const ProgramResult killed =
      train({}, {.environment = {{"SKYGLOT_FAIL_POINT", "before_rename:4"}}});
  EXPECT_NE(killed.exit_code, 0);
  ASSERT_EQ(train({}).exit_code, 0);
  const auto resumed = tree_hashes(path("land"));
  fs::remove_all(path("land"));
  fs::remove_all(path("land.features"));
  ASSERT_EQ(train({}).exit_code, 0);
  EXPECT_EQ(tree_hashes(path("land")), resumed);
}

TEST_F(LandcoverCommand, OtherBandsAreOtherFeatures) {
  ASSERT_EQ(train({"--bands", "1,2,3"}).exit_code, 0);
  const auto first = tree_hashes(path("land"));
  ASSERT_EQ(train({"--bands", "3,2,1", "--stretch", "range:0,4000", "--overwrite"}).exit_code, 0);
  const auto plain = tree_hashes(path("land"));
  ASSERT_EQ(train({"--bands", "2,2,2", "--stretch", "range:0,4000", "--overwrite"}).exit_code, 0);
  const auto other = tree_hashes(path("land"));
  EXPECT_NE(plain.at("landcover.safetensors"), first.at("landcover.safetensors"));
  EXPECT_NE(other.at("landcover.safetensors"), plain.at("landcover.safetensors"));
}

TEST_F(LandcoverCommand, SaysWhatIsWrong) {
  const auto message = [](const ProgramResult& result, int code) {
    EXPECT_EQ(result.exit_code, code) << result.err;
    return result.err;
  };
  EXPECT_THAT(message(train({}, {}, "50"), 2), HasSubstr("take 48"));
  EXPECT_THAT(message(train({"--preset", "mars"}), 2), HasSubstr("cityscapes-vitb"));
  EXPECT_THAT(message(train({"--bands", "thermal"}), 1), HasSubstr("--bands"));
  EXPECT_THAT(message(train({}, {}, "592"), 1), HasSubstr("--tile"));
  EXPECT_THAT(message(train({"--head", path("nowhere")}), 1), HasSubstr("landcover train"));
  EXPECT_THAT(message(draw("map.tif"), 1), HasSubstr("landcover train"));
  EXPECT_THAT(message(run_skyglot({"landcover", "score", satellite(), "--truth",
                                   world_->path("aerial/aerial_20210601.tif")}),
                      1),
              HasSubstr("bands"));
}

// Real labelled pictures: the study's protocol on one of them, with classes of its own.
TEST(LandcoverOnRealPictures, BeatsOneColourByFar) {
  const fs::path data = shared_data("landcover/mmseg_loveda");
  if (data.empty()) GTEST_SKIP() << "needs the real data";
  const fs::path folder = test_folder();
  const auto path = [&](const char* name) { return (folder / name).string(); };
  ASSERT_EQ(run_skyglot({"landcover", "train", (data / "img_dir/2.png").string(), "--classes", "4",
                         "--method", "features", "--output", path("land")})
                .exit_code,
            0);
  const ProgramResult drawn = run_skyglot({"landcover", "map", (data / "img_dir/2.png").string(),
                                           "--model", path("land"), "--output", path("map.tif")});
  ASSERT_EQ(drawn.exit_code, 0);
  EXPECT_THAT(drawn.err, HasSubstr("no place on the earth"));
  const ProgramResult score =
      run_skyglot({"landcover", "score", path("map.tif"), "--truth",
                   (data / "ann_dir/2.png").string(), "--ignore", "0", "--json"});
  ASSERT_EQ(score.exit_code, 0) << score.err;
  const auto json = parse_json(std::string(split(trim(score.out), '\n').front()));
  EXPECT_GT(json.at("kappa").get<double>(), 0.25);
  EXPECT_GT(json.at("mean_iou").get<double>(), 40);
}

}  // namespace
}  // namespace skyglot::testing_support
