// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.hpp"

#include "base/error.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kRecipe = R"(
model = "models/begin"
[[data]]
images = ["a.tar", "/data/b.tar"]
weight = 2
[[data]]
images = ["scenes"]
templates = ["a satellite image of {label}"]
[augment]
jitter = 0.2
coarsest = 0.25
white_balance = 0.1
flips = true
[optimiser]
rate = 3e-9
text_rate = 0.1
warm_up = 1000
weight_decay = 1.0
[train]
batch = 512
micro_batch = 64
steps = 100
repeats = "positives"
lock_text = true
)";

TEST(TrainingRecipe, IsReadFromToml) {
  const TrainingRecipe r = parse_training_recipe(kRecipe, "r.toml", "/home/x");
  EXPECT_EQ(r.model, "/home/x/models/begin");
  ASSERT_EQ(r.data.size(), 2u);
  EXPECT_EQ(r.data[0].images[0], "/home/x/a.tar");
  EXPECT_EQ(r.data[0].images[1], "/data/b.tar");
  EXPECT_EQ(r.data[0].weight, 2);
  EXPECT_EQ(r.data[1].templates.front(), "a satellite image of {label}");
  EXPECT_EQ(r.augmentation.jitter, 0.2);
  EXPECT_EQ(r.rate, 3e-9);
  EXPECT_EQ(r.text_rate, 0.1);
  EXPECT_EQ(r.image_rate, 1);
  EXPECT_EQ(r.augmentation.coarsest, 0.25);
  EXPECT_EQ(r.augmentation.white_balance, 0.1);
  EXPECT_EQ(r.optimiser.weight_decay, 1);
  EXPECT_EQ(r.optimiser.beta_2, 0.98);
  EXPECT_EQ(r.repeats, Repeats::positives);
  EXPECT_TRUE(r.lock_text);
  EXPECT_NO_THROW(r.validate());
}

TEST(TrainingRecipe, UnknownKeysAreNamed) {
  EXPECT_THAT(message_of([] { (void)parse_training_recipe("[train]\nbach = 3\n", "r.toml", "."); }),
              AllOf(HasSubstr("r.toml"), HasSubstr("bach")));
  EXPECT_THAT(
      message_of([] { (void)parse_training_recipe("[[data]]\nweight = 1\n", "r.toml", "."); }),
      HasSubstr("images"));
}

TEST(TrainingRecipe, ASourceThatIsNoTableIsToldItsHead) {
  EXPECT_THAT(
      message_of([] { (void)parse_training_recipe("[data]\nimages = []\n", "r.toml", "."); }),
      HasSubstr("[[data]]"));
}

TEST(TrainingRecipe, EveryProblemAtOnce) {
  TrainingRecipe r;
  r.batch = 1;
  r.rate = 0;
  r.lock_image = r.lock_text = true;
  EXPECT_THAT(message_of([&] { r.validate(); }),
              AllOf(HasSubstr("no model"), HasSubstr("no data"), HasSubstr("batch 1"),
                    HasSubstr("rate 0"), HasSubstr("both towers")));
}

TEST(TrainingRecipe, WhatDecidesTheResultIsInItsJson) {
  TrainingRecipe a = parse_training_recipe(kRecipe, "r.toml", "/home/x");
  TrainingRecipe b = a;
  b.checkpoint_every = 7;
  EXPECT_EQ(recipe_json(a), recipe_json(b));
  b.augmentation.flips = false;
  EXPECT_NE(recipe_json(a), recipe_json(b));
}

TEST(TrainingRecipeFile, ReadsEvaluations) {
  const TrainingRecipe recipe = parse_training_recipe(R"(
model = "m"
[[data]]
images = ["a.tar"]
[evaluate]
every = 100
patience = 3
[[evaluate.set]]
benchmark = "eurosat"
images = ["eurosat.tar"]
)",
                                                      "r.toml", "/data");
  EXPECT_EQ(recipe.evaluation.every, 100);
  EXPECT_EQ(recipe.evaluation.patience, 3);
  ASSERT_EQ(recipe.evaluation.sets.size(), 1u);
  EXPECT_EQ(recipe.evaluation.sets[0].images[0], "/data/eurosat.tar");
  TrainingRecipe wrong = recipe;
  wrong.evaluation.every = 0;
  EXPECT_THROW(wrong.validate(), Error);
}

}  // namespace
}  // namespace skyglot
