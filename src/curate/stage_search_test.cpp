// SPDX-License-Identifier: Apache-2.0
#include "curate/stage_search.hpp"

#include "curate/curate_testing.hpp"
#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

// At the minimum of C sum log(1 + exp(-s w x)) + w^2 / 2 the slope is zero.
TEST(FitStage, BinaryIsScikitLearnsObjective) {
  const Matrix features = matrix_of({{-1, 0.5F}, {2, -1}, {0.3F, 1}, {-0.7F, -0.2F}});
  const std::vector<std::int32_t> labels{0, 1, 1, 0};
  constexpr double kC = 3;
  const LinearStage stage = fit_stage(StageKind::binary, {features, labels, 2}, kC);
  for (std::size_t d = 0; d < 2; ++d) {
    double slope = double{stage.weights.row(0)[d]};
    for (std::int64_t i = 0; i < features.rows; ++i) {
      const double along = double{stage.weights.row(0)[0]} * features.row(i)[0] +
                           double{stage.weights.row(0)[1]} * features.row(i)[1] +
                           double{stage.bias[0]};
      const double p = 1 / (1 + std::exp(-along));
      slope += kC * (p - labels[static_cast<std::size_t>(i)]) * features.row(i)[d];
    }
    EXPECT_NEAR(slope, 0, 1e-4) << d;
  }
}

TEST(JudgeStage, CountsErrorsAndCalibration) {
  const StageData data{
      StageKind::multinomial, {}, {0, 1, 2, 2}, {"a", "b", "c", "d"}, {"0.1", "0.2", "0.6"}};
  const Matrix said =
      matrix_of({{0.9F, 0.1F, 0}, {0.1F, 0.9F, 0}, {0.7F, 0.2F, 0.1F}, {0.1F, 0.55F, 0.35F}});
  StageReport report;
  judge_stage(data, said, 5, report);
  EXPECT_DOUBLE_EQ(report.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(report.mean_class_error, 0.75);
  ASSERT_EQ(report.worst.size(), 2u);
  EXPECT_EQ(report.worst[0].tag, "c");
  EXPECT_EQ(report.worst[0].said, "0.1");
  EXPECT_EQ(report.worst[1].tag, "d");
  // (|1.8 - 2| + |0.7 - 0| + |0.55 - 0|) / 4
  EXPECT_NEAR(report.calibration_error, 1.45 / 4, 1e-6);
  ASSERT_EQ(report.calibration.size(), 3u);
}

TEST(JudgeStage, F1IsOfTheSecondOfTwoClasses) {
  const StageData data{
      StageKind::binary, {}, {1, 1, 0, 0, 1}, {"a", "b", "c", "d", "e"}, {"no", "yes"}};
  const Matrix said =
      matrix_of({{0.1F, 0.9F}, {0.2F, 0.8F}, {0.3F, 0.7F}, {0.9F, 0.1F}, {0.8F, 0.2F}});
  StageReport report;
  judge_stage(data, said, 5, report);
  EXPECT_NEAR(report.f1, 2.0 * 2 / (2 * 2 + 2), 1e-12);
}

// The stage that is stored takes rows as they are, not their components.
TEST(SearchStage, TheStageIsForRowsAsTheyAre) {
  const TagWorld world = tag_world(200, 0.2);
  StageData data{StageKind::binary, world.vectors, {}, {}, {"no", "yes"}};
  for (const LabelledTag& tag : world.tags) {
    data.labels.push_back(tag.max_gsd_m ? 1 : 0);
    data.ids.push_back(to_string(tag.tag));
  }
  VisibilityTraining options;
  options.components = {6};
  options.c = {10};
  const SearchedStage found = search_stage(data, options);
  ASSERT_EQ(found.stage.weights.cols, 24);
  const Matrix p = stage_probabilities(StageKind::binary, found.stage, world.vectors, 2);
  for (std::int64_t i = 0; i < p.rows; ++i)
    EXPECT_EQ(p.row(i)[1] > 0.5F, data.labels[static_cast<std::size_t>(i)] == 1) << i;
}

}  // namespace
}  // namespace skyglot
