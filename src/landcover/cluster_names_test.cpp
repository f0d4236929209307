// SPDX-License-Identifier: Apache-2.0
#include "landcover/cluster_names.hpp"

#include "base/error.hpp"

#include "landcover/landcover_testing.hpp"
#include "landcover/name_votes.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

using landcover_testing::fresh_folder;
using landcover_testing::small_backbone;
using landcover_testing::small_model;
using landcover_testing::write_file_of;
using testing::ElementsAre;

// Four classes of two centres each: 1 and 3 are water, 2 is wood, nothing speaks for 4.
NamedClasses named_by_hand() {
  NameVotes votes({"wood", "water", "rock"}, 4);
  votes.pixels = {10, 20, 30, 40};
  votes.votes = {{1, 6, 1}, {5, 2, 3}, {0, 9, 0}, {0, 0, 0}};
  return name_classes(small_model().classes, votes);
}

TEST(ClusterNames, MergeClustersOfOneName) {
  const NamedClasses named = named_by_hand();
  std::vector<std::string> names;
  for (const CoverClass& one : named.classes.classes) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("wood", "water", "class 4"));
  EXPECT_THAT(named.classes.class_of, ElementsAre(1, 0, 1, 2, 1, 0, 1, 2));
  EXPECT_EQ(named.classes.centres.values, small_model().classes.centres.values);
}

TEST(ClusterNames, SayWhatSpokeForThem) {
  const std::vector<NamedCluster> table = named_by_hand().table;
  ASSERT_EQ(table.size(), 4U);
  EXPECT_EQ(table[1].cluster, "class 2");
  EXPECT_EQ(table[1].name, "wood");
  EXPECT_EQ(table[1].pixels, 20);
  EXPECT_DOUBLE_EQ(table[1].share, 0.5);
  EXPECT_EQ(table[1].second, "rock");
  EXPECT_DOUBLE_EQ(table[1].second_share, 0.3);
  EXPECT_EQ(table[3].name, "class 4");
  EXPECT_EQ(table[3].share, 0);
}

TEST(ClusterNames, WaterIsBlueAndUnknownNamesStillDiffer) {
  const std::vector<CoverClass> classes = named_classes({"water", "zz", "yy"});
  EXPECT_GT(classes[0].colour[2], classes[0].colour[0]);
  EXPECT_NE(classes[1].colour, classes[2].colour);
  EXPECT_EQ(named_classes({"Water of a lake"})[0].colour, classes[0].colour);
}

TEST(ClusterNames, EachCentreMayBeAClass) {
  const LandcoverModel model = with_class_a_centre(small_model());
  EXPECT_EQ(model.classes.classes.size(), 8U);
  EXPECT_THAT(model.classes.class_of, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  LandcoverModel many = small_model();
  many.classes.centres = Matrix(256, 24);
  many.classes.class_of.resize(256);
  EXPECT_THROW((void)with_class_a_centre(many), Error);
}

TEST(NamedPoints, AreReadFromEitherKindOfTable) {
  const auto lonlat = parse_points("name,lon,lat\nwater,9.5,50.25\n", "p.csv");
  ASSERT_EQ(lonlat.size(), 1U);
  EXPECT_EQ(lonlat[0].at, (Point{9.5, 50.25}));
  EXPECT_FALSE(lonlat[0].in_pixels);
  const auto pixels = parse_points("picture,name,column,row\na.png,roof,3,4\n", "p.csv");
  EXPECT_TRUE(pixels[0].in_pixels);
  EXPECT_EQ(pixels[0].picture, "a.png");
  for (const char* damaged : {"name,lon,lat\n", "name,lon,lat\nx,1,\n", "name,lon,lat\nx,nan,2\n",
                              "name,lon\nx,1\n", "name,lon,lat\n,1,2\n", "lon,lat\n1,2\n"})
    EXPECT_THROW((void)parse_points(damaged, "p.csv"), Error) << damaged;
}

class NameVotesTest : public testing::Test {
 protected:
  NameVotesTest()
      : backbone_(small_backbone(), compute_context({Device::cpu, Precision::fp32, 2})),
        ground_(Ground::open(
            {write_file_of(folder_ / "a.tif", {0, 0, 96, 96, {}}, landcover_testing::ground_value)},
            {})),
        segmenter_(ground_, backbone_, model_, {}) {}

  std::filesystem::path folder_ = fresh_folder();
  LandcoverModel model_ = small_model();
  ImageEncoder backbone_;
  Ground ground_;
  Segmenter segmenter_;
};

TEST_F(NameVotesTest, WindowsCoverTheGroundOnce) {
  const auto all = spread_windows(ground_, 40, 1e9);
  std::int64_t pixels = 0;
  for (const GroundTile& one : all) pixels += one.window.width * one.window.height;
  EXPECT_EQ(all.size(), 9U);
  EXPECT_EQ(pixels, 96 * 96);
  EXPECT_EQ(spread_windows(ground_, 40, 1).size(), 1U);
}

// A model's own classes as words: each cluster is called what it is.
TEST_F(NameVotesTest, WordsThatAreTheClustersNameEachItself) {
  const NameVotes votes = votes_by_words(segmenter_, segmenter_, spread_windows(ground_, 96, 1e9));
  EXPECT_EQ(std::accumulate(votes.pixels.begin(), votes.pixels.end(), std::int64_t{0}), 96 * 96);
  const NamedClasses named = name_classes(model_.classes, votes);
  for (std::size_t c = 0; c < 4; ++c)
    EXPECT_EQ(named.table[c].name, model_.classes.classes[c].name);
}

TEST_F(NameVotesTest, APointNamesTheClusterUnderIt) {
  const WindowScores scores = segmenter_.scores(0, {50, 20, 1, 1});
  const auto under =
      std::ranges::max_element(scores.log_probabilities) - scores.log_probabilities.begin();
  NamedPoint point{"here", "a.tif", {50.5, 20.5}, true};
  const NameVotes votes = votes_by_points(segmenter_, {point});
  EXPECT_EQ(votes.votes[static_cast<std::size_t>(under)][0], 1);
  point.at = {96.5, 20};
  EXPECT_THROW((void)votes_by_points(segmenter_, {point}), Error);
  point.at = {50, 20};
  point.picture = "b";
  EXPECT_THROW((void)votes_by_points(segmenter_, {point}), Error);
}

TEST_F(NameVotesTest, LonLatPointsFindTheirPixel) {
  const Scene& scene = ground_.scenes().front();
  const auto place =
      SceneGrid(scene.map_from_pixel, scene.crs_wkt).lonlat_from_pixel(Point{50.5, 20.5});
  ASSERT_TRUE(place);
  const NameVotes a = votes_by_points(segmenter_, {{"here", "", *place, false}});
  const NameVotes b = votes_by_points(segmenter_, {{"here", "", {50.5, 20.5}, true}});
  EXPECT_EQ(a.votes, b.votes);
}

}  // namespace
}  // namespace skyglot
