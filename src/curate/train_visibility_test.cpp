// SPDX-License-Identifier: Apache-2.0
#include "curate/train_visibility.hpp"

#include "tests/support/message_of.hpp"

#include "curate/curate_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>

namespace skyglot {
namespace {

using testing::HasSubstr;

VisibilityTraining quick() {
  VisibilityTraining options;
  options.components = {2, 8, 500};
  options.c = {1, 100};
  return options;
}

TEST(TrainVisibility, LearnsWhatTheVectorsTell) {
  const TagWorld world = tag_world(400, 0.1);
  const TrainedVisibility trained = train_visibility(world.vectors, world.tags, quick());
  EXPECT_GT(trained.visible.f1, 0.99);
  EXPECT_GT(trained.level.accuracy, 0.97);
  EXPECT_EQ(trained.level.confusion.row_total(0), 48);
  const auto said = trained.classifier.predict(world.vectors);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < said.size(); ++i)
    wrong += said[i].max_gsd_m() != world.tags[i].max_gsd_m ? 1 : 0;
  EXPECT_LT(wrong, 8u);
}

TEST(TrainVisibility, ComponentsThatCannotBeHadAreNotTried) {
  const TagWorld world = tag_world(100, 0.3);
  const TrainedVisibility trained = train_visibility(world.vectors, world.tags, quick());
  ASSERT_EQ(trained.visible.trials.size(), 4u);
  for (const GridTrial& trial : trained.visible.trials) EXPECT_LE(trial.components, 8);
}

TEST(TrainVisibility, TheBestTrialIsTaken) {
  const TagWorld world = tag_world(300, 1.2);
  const StageReport report = train_visibility(world.vectors, world.tags, quick()).visible;
  const auto best = std::ranges::max_element(report.trials, {}, &GridTrial::score);
  EXPECT_EQ(report.components, best->components);
  EXPECT_EQ(report.c, best->c);
  EXPECT_NEAR(report.f1, best->score, 1e-12);
}

// Random labels: cross-validation must not see what it is judged on.
TEST(TrainVisibility, NothingIsLearntFromNoise) {
  TagWorld world = tag_world(300, 1);
  world.vectors = random_rows(300, 24, 77);
  const StageReport report = train_visibility(world.vectors, world.tags, quick()).level;
  EXPECT_LT(report.accuracy, 0.35);
  EXPECT_GT(report.mean_class_error, 1);
}

TEST(TrainVisibility, OrdinalLevelsErrByFewerSteps) {
  const TagWorld world = tag_world(400, 0.7);
  VisibilityTraining options = quick();
  options.ordinal = true;
  const TrainedVisibility trained = train_visibility(world.vectors, world.tags, options);
  EXPECT_TRUE(trained.classifier.ordinal);
  EXPECT_EQ(trained.classifier.level.weights.rows, 1);
  EXPECT_LT(trained.level.mean_class_error, 0.75);
  for (const TagVisibility& said : trained.classifier.predict(world.vectors)) {
    double sum = 0;
    for (const double p : said.levels) sum += p;
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(TrainVisibility, TheSameForAnyNumberOfThreads) {
  const TagWorld world = tag_world(120, 0.8);
  const auto one = [&](std::size_t threads) {
    const tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
    return train_visibility(world.vectors, world.tags, quick()).classifier;
  };
  const VisibilityClassifier first = one(1);
  const VisibilityClassifier second = one(2);
  EXPECT_EQ(first.visible.weights.values, second.visible.weights.values);
  EXPECT_EQ(first.level.weights.values, second.level.weights.values);
  EXPECT_EQ(first.level.bias, second.level.bias);
}

TEST(TrainVisibility, WorstAreTheFurthestThenTheSurest) {
  const TagWorld world = tag_world(300, 1);
  const auto worst = train_visibility(world.vectors, world.tags, quick()).level.worst;
  ASSERT_GT(worst.size(), 2u);
  const auto steps = [](const WrongTag& wrong) {
    const auto index = [](const std::string& name) {
      for (std::size_t k = 0; k < kVisibilityLevelsM.size(); ++k)
        if (fmt::format("{}", kVisibilityLevelsM[k]) == name) return static_cast<int>(k);
      return -1;
    };
    return std::abs(index(wrong.labelled) - index(wrong.said));
  };
  for (std::size_t i = 1; i < worst.size(); ++i) {
    EXPECT_GE(steps(worst[i - 1]), steps(worst[i]));
    if (steps(worst[i - 1]) == steps(worst[i])) {
      EXPECT_GE(worst[i - 1].confidence, worst[i].confidence);
    }
  }
}

TEST(TrainVisibility, OneAnswerAloneIsRefused) {
  TagWorld world = tag_world(40, 0.1);
  for (LabelledTag& tag : world.tags) tag.max_gsd_m = 0.6;
  EXPECT_THAT(
      message_of([&] { (void)train_visibility(world.vectors, world.tags, VisibilityTraining{}); }),
      HasSubstr("the answer \"yes\" only"));
  for (std::size_t i = 0; i < 20; ++i) world.tags[i].max_gsd_m.reset();
  EXPECT_THAT(
      message_of([&] { (void)train_visibility(world.vectors, world.tags, VisibilityTraining{}); }),
      HasSubstr("the level \"0.6\" only"));
}

TEST(TrainVisibility, OptionsThatMakeNoSenseAreAllNamed) {
  VisibilityTraining options;
  options.components = {};
  options.c = {-1};
  options.folds = 1;
  EXPECT_THAT(message_of([&] { options.validate(); }),
              testing::AllOf(HasSubstr("components"), HasSubstr("C ("), HasSubstr("1 folds")));
}

}  // namespace
}  // namespace skyglot
