// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.hpp"

#include "base/atomic_file.hpp"
#include "base/file_lock.hpp"
#include "nn/encoder.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/shared_data.hpp"

#include "train/checkpoint.hpp"
#include "train/train_testing.hpp"
#include "train/training_log.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace testing_support;

TrainingRun run_into(const fs::path& output) {
  TrainingRun run;
  run.output = output;
  run.threads = 2;
  return run;
}

// Leaves a training of that recipe after so many steps.
void train_part(const TrainingRecipe& recipe, const fs::path& output, std::int64_t steps) {
  TrainingRun run = run_into(output);
  run.stop_after = steps;
  (void)train_model(recipe, run);
}

std::string trained_bytes(const fs::path& output) {
  return read_file(output / "model" / "model.safetensors");
}

TEST(TrainModel, LearnsTheColours) {
  const fs::path folder = fresh_folder("learns");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.steps = 60;
  recipe.batch = 12;
  recipe.augmentation.jitter = 0.1;
  const TrainingSummary summary = train_model(recipe, run_into(folder / "out"));
  EXPECT_TRUE(summary.complete);
  EXPECT_LT(summary.last_loss, 0.8 * summary.first_loss);
  const Encoders encoders(folder / "out" / "model", {});
  EXPECT_EQ(encoders.config().embedding_width, 24);
  EXPECT_TRUE(fs::exists(folder / "out" / "loss.svg"));
}

double mean_loss(const std::vector<LoggedStep>& steps, std::size_t first, std::size_t count) {
  double sum = 0;
  for (std::size_t i = first; i < first + count; ++i) sum += steps[i].loss;
  return sum / static_cast<double>(count);
}

TEST(TrainModel, LearnsFromRealPictures) {
  const fs::path pictures = shared_data("train/ucm-captions.tar");
  if (pictures.empty()) GTEST_SKIP() << "the pictures are not here";
  const fs::path folder = fresh_folder("halves");
  TrainingRecipe recipe;
  recipe.model = write_model(folder);
  recipe.data = {TrainingSource{{pictures}, {}, "", {}, {}, 1}};
  recipe.batch = 32;
  recipe.steps = 200;
  recipe.warm_up = 20;
  recipe.rate = 1e-3;
  recipe.repeats = Repeats::positives;
  const TrainingSummary summary = train_model(recipe, run_into(folder / "out"));
  EXPECT_EQ(summary.replaced, 0);
  const TrainingLog log(folder / "out" / "log.jsonl", 200);
  ASSERT_EQ(log.steps().size(), 200u);
  // Random small towers: 0.72 measured.
  EXPECT_LT(mean_loss(log.steps(), 190, 10), 0.8 * mean_loss(log.steps(), 0, 10));
}

TEST(TrainModel, InterruptedAndTakenUpIsTheSameBitForBit) {
  const fs::path folder = fresh_folder("resume");
  TrainingRecipe recipe = small_recipe(folder);
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    SCOPED_TRACE(to_string(precision));
    recipe.precision = precision;
    const fs::path output = folder / to_string(precision);
    (void)train_model(recipe, run_into(output / "whole"));
    TrainingRun parts = run_into(output / "parts");
    parts.stop_after = 5;
    TrainingSummary summary;
    for (int i = 0; i < 3; ++i) summary = train_model(recipe, parts);
    EXPECT_TRUE(summary.complete);
    EXPECT_EQ(summary.resumed_at, 10);
    EXPECT_EQ(trained_bytes(output / "whole"), trained_bytes(output / "parts"));
    const TrainingLog whole(output / "whole" / "log.jsonl", 100);
    const TrainingLog taken_up(output / "parts" / "log.jsonl", 100);
    ASSERT_EQ(taken_up.steps().size(), 12u);
    for (std::size_t i = 0; i < 12; ++i)
      EXPECT_EQ(whole.steps()[i].loss, taken_up.steps()[i].loss) << i;
  }
  EXPECT_NE(trained_bytes(folder / "fp32" / "whole"), trained_bytes(folder / "bf16" / "whole"));
}

// What a kill between checkpoints leaves: a log that is ahead of them.
TEST(TrainModel, StepsPastTheCheckpointAreDoneAgain) {
  const fs::path folder = fresh_folder("killed");
  const TrainingRecipe recipe = small_recipe(folder);
  (void)train_model(recipe, run_into(folder / "whole"));
  train_part(recipe, folder / "killed", 6);
  fs::remove(folder / "killed" / "checkpoints" / "00000006.safetensors");
  const TrainingSummary summary = train_model(recipe, run_into(folder / "killed"));
  EXPECT_EQ(summary.resumed_at, 4);
  EXPECT_EQ(trained_bytes(folder / "whole"), trained_bytes(folder / "killed"));
  EXPECT_EQ(TrainingLog(folder / "killed" / "log.jsonl", 100).steps().size(), 12u);
}

TEST(TrainModel, APictureThatVanishesEndsTheRunAndNothingIsLost) {
  const fs::path folder = fresh_folder("vanished");
  const auto name = [&](int i) {
    return folder / "pictures" / kColours[static_cast<std::size_t>(i % 4)] /
           fmt::format("f{}.png", i);
  };
  for (int i = 0; i < 16; ++i) {
    fs::create_directories(name(i).parent_path());
    write_file_atomically(name(i), encode_png(field(i)));
  }
  TrainingRecipe recipe = small_recipe(folder);
  recipe.data = {TrainingSource{{folder / "pictures"}, {}, "", {"{label}"}, {}, 1}};
  recipe.evaluation = {3, 0, {{"any", {}}}};
  const auto run_with = [&](const std::string& output, const std::function<void()>& then) {
    TrainingRun run = run_into(folder / output);
    run.evaluate = [=](const EvaluationPlan&, const Parameters&) {
      then();
      return std::vector<EvaluatedFigure>{{"any", 1}};
    };
    (void)train_model(recipe, run);
  };
  run_with("whole", [] {});
  const fs::path away = folder / "away.png";
  EXPECT_THAT(message_of([&] { run_with("part", [&] { fs::rename(name(3), away); }); }),
              testing::AllOf(HasSubstr("f3.png"), HasSubstr("is gone")));
  fs::rename(away, name(3));
  run_with("part", [] {});
  EXPECT_EQ(trained_bytes(folder / "whole"), trained_bytes(folder / "part"));
}

// As when a disk fills: no file may grow beyond a limit.
TEST(TrainModel, ACheckpointThatCannotBeWrittenLeavesTheOneBefore) {
  const fs::path folder = fresh_folder("full");
  const TrainingRecipe recipe = small_recipe(folder);
  (void)train_model(recipe, run_into(folder / "whole"));
  train_part(recipe, folder / "part", 4);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{20'000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message =
      message_of([&] { (void)train_model(recipe, run_into(folder / "part")); });
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  (void)std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, HasSubstr("checkpoints"));
  EXPECT_TRUE(fs::exists(folder / "part" / "checkpoints" / "00000004.safetensors"));
  (void)train_model(recipe, run_into(folder / "part"));
  EXPECT_EQ(trained_bytes(folder / "whole"), trained_bytes(folder / "part"));
}

TEST(TrainModel, AnotherRecipeIsRefusedAndSaysWhatDiffers) {
  const fs::path folder = fresh_folder("other");
  TrainingRecipe recipe = small_recipe(folder);
  TrainingRun run = run_into(folder / "out");
  run.stop_after = 2;
  (void)train_model(recipe, run);
  recipe.rate = 0.5;
  EXPECT_THAT(message_of([&] { (void)train_model(recipe, run); }),
              HasSubstr("optimiser/rate is 0.5, it was 0.001"));
}

TEST(TrainModel, ASecondRunInTheFolderIsRefused) {
  const fs::path folder = fresh_folder("second");
  const TrainingRecipe recipe = small_recipe(folder);
  fs::create_directories(folder / "out");
  const FileLock other(folder / "out" / ".lock");
  EXPECT_NE(message_of([&] { (void)train_model(recipe, run_into(folder / "out")); }), "");
}

TEST(TrainModel, ALossThatIsNoNumberStopsWithStepAndCheckpoint) {
  const fs::path folder = fresh_folder("nan");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.rate = 1e30;
  recipe.warm_up = 0;
  recipe.checkpoint_every = 1;
  EXPECT_THAT(message_of([&] { (void)train_model(recipe, run_into(folder / "out")); }),
              testing::AllOf(HasSubstr("no number at step 2"), HasSubstr("00000001.safetensors")));
}

TEST(TrainModel, OnlyTheNewestCheckpointsAreKept) {
  const fs::path folder = fresh_folder("keep");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.checkpoint_every = 2;
  (void)train_model(recipe, run_into(folder / "out"));
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder / "out" / "checkpoints"))
    ++count;
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(newest_checkpoint(folder / "out" / "checkpoints")->filename(), "00000012.safetensors");
}

TEST(TrainModel, LockedTowersStayAsTheyAre) {
  const fs::path folder = fresh_folder("locked");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.lock_image = true;
  (void)train_model(recipe, run_into(folder / "out"));
  const StoredModel before = load_model_folder(recipe.model);
  const StoredModel after = load_model_folder(folder / "out" / "model");
  for (const auto& [name, tensor] : before.weights) {
    if (!name.starts_with("visual.")) continue;
    EXPECT_EQ(to_floats(tensor), to_floats(after.weights.at(name))) << name;
  }
  EXPECT_NE(to_floats(before.weights.at("text_projection")),
            to_floats(after.weights.at("text_projection")));
}

// Figures that rise, then fall.
Evaluate evaluating(std::vector<double> values, int& asked) {
  return [values = std::move(values), &asked](const EvaluationPlan& plan, const Parameters&) {
    EXPECT_EQ(plan.sets.size(), 1u);
    return std::vector<EvaluatedFigure>{
        {"colours top1", values.at(static_cast<std::size_t>(asked++))}};
  };
}

TEST(TrainModel, EvaluationsAreLoggedAndTheBestModelIsKept) {
  const fs::path folder = fresh_folder("evaluated");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.evaluation = {4, 0, {{"colours", {folder}}}};
  TrainingRun run = run_into(folder / "out");
  int asked = 0;
  run.evaluate = evaluating({50, 70, 60}, asked);
  const TrainingSummary summary = train_model(recipe, run);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(summary.best_step, 8);
  EXPECT_EQ(summary.best_score, 70);
  EXPECT_FALSE(summary.stopped_early);
  const TrainingLog log(folder / "out" / "log.jsonl", 100);
  EXPECT_EQ(log.steps()[7].figures.at(0).value, 70);
  EXPECT_EQ(log.steps()[6].score(), std::nullopt);
  EXPECT_NE(read_file(folder / "out" / "best" / "model.safetensors"),
            read_file(folder / "out" / "model" / "model.safetensors"));
}

TEST(TrainModel, ItEndsWhenNothingGetsBetterAlsoTakenUp) {
  const fs::path folder = fresh_folder("patience");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.evaluation = {2, 2, {{"colours", {folder}}}};
  TrainingRun run = run_into(folder / "out");
  run.stop_after = 5;
  int asked = 0;
  run.evaluate = evaluating({50, 70, 69, 70, 99}, asked);
  EXPECT_FALSE(train_model(recipe, run).complete);
  const TrainingSummary summary = train_model(recipe, run);
  EXPECT_TRUE(summary.complete);
  EXPECT_TRUE(summary.stopped_early);
  EXPECT_EQ(summary.steps, 8);
  EXPECT_EQ(summary.best_step, 4);
  EXPECT_EQ(asked, 4);
  EXPECT_TRUE(train_model(recipe, run).stopped_early) << "asked again, it has ended already";
  EXPECT_EQ(asked, 4);
}

TEST(LossSvg, DrawsNothingAndSomething) {
  EXPECT_THAT(loss_svg({}), HasSubstr("no step yet"));
  const std::string svg = loss_svg({{1, 3.5, 14, 1e-4, 0, 10, 0}, {2, 2.5, 14, 1e-4, 0, 10, 0}});
  EXPECT_THAT(svg, HasSubstr("from 3.500 at step 1 to 2.500 at step 2"));
  EXPECT_THAT(svg, HasSubstr("xmlns="));
}

}  // namespace
}  // namespace skyglot
