// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_score.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// Figures by hand: 3 clusters, classes a (60), b (30), c (10).
ClusterCounts three_by_three() {
  return {3, {"a", "b", "c"}, {40, 5, 0, 15, 25, 5, 5, 0, 5}};
}

TEST(MapScore, CountsByHand) {
  const MapScore score = score_map(three_by_three(), Matching::hungarian);
  EXPECT_EQ(score.class_of, (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_DOUBLE_EQ(score.accuracy, 0.70);
  EXPECT_DOUBLE_EQ(score.one_class, 0.60);
  const double chance = .45 * .60 + .45 * .30 + .10 * .10;
  EXPECT_NEAR(score.kappa, (.70 - chance) / (1 - chance), 1e-12);
  EXPECT_NEAR(score.mean_iou, (40. / 65 + 25. / 50 + 5. / 15) / 3, 1e-12);
}

// The original drops pixels of clusters past the classes; here they are wrong.
TEST(MapScore, CountsExtraClustersAsWrong) {
  const ClusterCounts counts{3, {"a", "b"}, {50, 0, 0, 30, 20, 0}};
  const MapScore score = score_map(counts, Matching::hungarian);
  EXPECT_EQ(score.class_of, (std::vector<std::int64_t>{0, 1, -1}));
  EXPECT_DOUBLE_EQ(score.accuracy, 0.80);
  EXPECT_DOUBLE_EQ(*score.classes[0].iou, 50. / 70);
  EXPECT_DOUBLE_EQ(score_map(counts, Matching::majority).accuracy, 1.0);
}

TEST(MapScore, OneColourHasNoKappa) {
  const MapScore score = score_map({1, {"a", "b"}, {62, 38}}, Matching::hungarian);
  EXPECT_DOUBLE_EQ(score.accuracy, 0.62);
  EXPECT_DOUBLE_EQ(score.accuracy, score.one_class);
  EXPECT_NEAR(score.kappa, 0, 1e-12);
  EXPECT_DOUBLE_EQ(score.mean_iou, 0.31);
}

TEST(MapScore, NamedClassesAreTakenAsTheyAre) {
  const MapScore score = score_map({2, {"a", "b"}, {0, 10, 10, 0}}, Matching::named);
  EXPECT_DOUBLE_EQ(score.accuracy, 0);
  EXPECT_DOUBLE_EQ(score_map({2, {"a", "b"}, {0, 10, 10, 0}}, Matching::hungarian).accuracy, 1);
}

TEST(MapScore, ConfusionIsByTheMatchedClass) {
  const ClusterCounts counts{3, {"a", "b"}, {0, 30, 50, 4, 20, 0}};
  ConfusionMatrix sum = map_confusion(counts, score_map(counts, Matching::hungarian));
  EXPECT_EQ(sum.names, (std::vector<std::string>{"a", "b", "none"}));
  EXPECT_EQ(sum.at(0, 0), 50);
  EXPECT_EQ(sum.at(0, 2), 20);
  EXPECT_EQ(sum.at(1, 0), 4);
  EXPECT_EQ(sum.at(1, 1), 30);
  const ClusterCounts other{2, {"c", "a"}, {7, 0, 1, 9}};
  add_confusion_of(sum, map_confusion(other, score_map(other, Matching::named)));
  EXPECT_EQ(sum.names, (std::vector<std::string>{"a", "b", "none", "c"}));
  EXPECT_EQ(sum.at(0, 0), 59);
  EXPECT_EQ(sum.at(3, 0), 1);
  EXPECT_EQ(sum.at(3, 3), 7);
}

TEST(MapScore, AClassCalledNoneIsNotWhatHasNoClass) {
  const ClusterCounts counts{3, {"none", "b"}, {0, 30, 50, 4, 20, 0}};
  const ConfusionMatrix matrix = map_confusion(counts, score_map(counts, Matching::hungarian));
  EXPECT_EQ(matrix.names, (std::vector<std::string>{"none", "b", "(none)"}));
  EXPECT_EQ(matrix.at(0, 0), 50);
  EXPECT_EQ(matrix.at(0, 2), 20);
}

TEST(MapScore, SpreadIsThatOfASample) {
  std::vector<MapScore> scores(3);
  scores[0].kappa = 1;
  scores[1].kappa = 2;
  scores[2].kappa = 3;
  EXPECT_DOUBLE_EQ(spread_of(scores, &MapScore::kappa).mean, 2);
  EXPECT_DOUBLE_EQ(spread_of(scores, &MapScore::kappa).deviation, 1);
  EXPECT_DOUBLE_EQ(spread_of({scores.data(), 1}, &MapScore::kappa).deviation, 0);
}

TEST(MapScore, RefusesTruthOfOneClass) {
  EXPECT_THROW((void)score_map({2, {"a", "b"}, {9, 0, 3, 0}}, Matching::hungarian), Error);
  EXPECT_THROW((void)score_map({1, {"a", "b"}, {0, 0}}, Matching::hungarian), Error);
}

}  // namespace
}  // namespace skyglot
