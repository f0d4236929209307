// SPDX-License-Identifier: Apache-2.0
#include "landcover/open_vocabulary.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"

#include "landcover/landcover_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::ElementsAre;

TEST(Vocabulary, HasNamesAndOtherWordings) {
  const auto classes = parse_vocabulary(" water|river | lake,forest");
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].name, "water");
  EXPECT_THAT(classes[0].wordings, ElementsAre("water", "river", "lake"));
  EXPECT_EQ(classes[1].name, "forest");
  std::string many = "0";
  for (int i = 1; i < 256; ++i) many += "," + std::to_string(i);
  EXPECT_THROW((void)parse_vocabulary(many), Error);
  EXPECT_EQ(parse_vocabulary(many.substr(2)).size(), 255U);
  for (const char* damaged : {"", "water", "water,", "a,b||c", "a,b,a", ",,"})
    EXPECT_THROW((void)parse_vocabulary(damaged), Error) << damaged;
}

TEST(OpenVocabulary, NeedsAModelOfTexts) {
  const StoredModel vision = landcover_testing::small_backbone();
  const StoredModel nano = load_model_folder("nano");
  const TextEncoder texts(nano, compute_context({Device::cpu, Precision::fp32, 1}));
  EXPECT_THROW((void)open_vocabulary_model(vision, texts, parse_vocabulary("a,b"), {"{c}"}), Error);
}

// Each wording is a centre, and what a patch is compared by is the projection of its values.
TEST(OpenVocabulary, CentresAreTextsAndTheHeadIsClipsProjection) {
  const StoredModel nano = load_model_folder("nano");
  const auto context = compute_context({Device::cpu, Precision::fp32, 1});
  const TextEncoder texts(nano, context);
  const LandcoverModel model =
      open_vocabulary_model(nano, texts, parse_vocabulary("water|lake, forest"), {"a {c}."});
  EXPECT_THAT(model.classes.class_of, ElementsAre(0, 0, 1));
  Matrix expected = texts.encode(std::vector<std::string>{"a water.", "a lake.", "a forest."});
  normalise_rows(expected);
  ASSERT_EQ(expected.rows, model.classes.centres.rows);
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    EXPECT_NEAR(expected.values[i], model.classes.centres.values[i], 1e-5);
  EXPECT_EQ(model.head.linear.weights.rows, nano.config.embedding_width);
  EXPECT_GT(logit_sharpness(nano), 5);
}

}  // namespace
}  // namespace skyglot
