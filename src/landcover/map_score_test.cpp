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

TEST(MapScore, RefusesTruthOfOneClass) {
  EXPECT_THROW((void)score_map({2, {"a", "b"}, {9, 0, 3, 0}}, Matching::hungarian), Error);
  EXPECT_THROW((void)score_map({1, {"a", "b"}, {0, 0}}, Matching::hungarian), Error);
}

}  // namespace
}  // namespace skyglot
