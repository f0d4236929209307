// SPDX-License-Identifier: Apache-2.0
#include "records/recipe.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

using testing::HasSubstr;

std::string refusal_of(const std::string& toml) {
  Recipe recipe;
  try {
    apply_toml(recipe, toml, "r.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return error.what();
  }
  return "";
}

TEST(Recipe, TomlSetsWhatItNamesAndKeepsTheRest) {
  Recipe recipe;
  apply_toml(recipe, "seed = 7\nobjects = 'o.gpkg'\n[select]\ncells = 0\n[split]\nval = 1e-1\n",
             "r.toml");
  EXPECT_EQ(recipe.seed, 7);
  EXPECT_EQ(recipe.objects, "o.gpkg");
  EXPECT_EQ(recipe.cells, 0);
  EXPECT_EQ(recipe.val_fraction, 0.1);
  EXPECT_EQ(recipe.jpeg_quality, 90);
}

TEST(Recipe, UnknownKeysAreAllNamedWithTheNearest) {
  const std::string message = refusal_of("[select]\ncels = 1\n[cut]\nbogus_thing = 2\n");
  EXPECT_THAT(message, HasSubstr("unknown key 'select.cels'; did you mean 'select.cells'?"));
  EXPECT_THAT(message, HasSubstr("unknown key 'cut.bogus_thing'"));
}

TEST(Recipe, WrongTypesAndSyntaxAreNamed) {
  EXPECT_THAT(refusal_of("seed = 'x'"), HasSubstr("'seed' must be a whole number"));
  EXPECT_THAT(refusal_of("[split]\nval = true"), HasSubstr("'split.val' must be a number"));
  EXPECT_THAT(refusal_of("a = = b"), HasSubstr("r.toml:1"));
}

TEST(Recipe, EveryProblemIsReportedAtOnce) {
  Recipe recipe;
  recipe.jpeg_quality = 0;
  recipe.val_fraction = 0.7;
  recipe.test_fraction = 0.7;
  try {
    recipe.validate();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("--objects"));
    EXPECT_THAT(error.what(), HasSubstr("jpeg_quality"));
    EXPECT_THAT(error.what(), HasSubstr("split.val"));
  }
}

TEST(Recipe, PrintedTomlReadsBack) {
  Recipe recipe;
  recipe.objects = "my \"objects\".gpkg";
  recipe.seed = 99;
  recipe.max_nodata = 0.25;
  Recipe back;
  apply_toml(back, recipe_toml(recipe), "printed");
  EXPECT_EQ(recipe_json(back), recipe_json(recipe));
}

}  // namespace
}  // namespace skyglot
