// SPDX-License-Identifier: Apache-2.0
#include "eval/prompts.hpp"

#include "eval/data_file.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Prompts, TemplatesAreFilledClassByClass) {
  const auto templates = parse_templates("# two\na photo of {c}.\r\n\n{c}, {c}\n", "t");
  EXPECT_THAT(fill_templates(templates, std::vector<std::string>{"river", "sea"}),
              ElementsAre("a photo of river.", "river, river", "a photo of sea.", "sea, sea"));
}

TEST(Prompts, TemplatesWithoutAMarkAreNamedByLine) {
  EXPECT_THAT(message_of([] { (void)parse_templates("a {c}\na photo\n", "t.txt"); }),
              HasSubstr("t.txt:2: the template 'a photo' has no {c}"));
  EXPECT_THAT(message_of([] { (void)parse_templates("# {c}\n", "t.txt"); }),
              HasSubstr("no template"));
  EXPECT_THAT(message_of([] { require_class_marks({}); }), HasSubstr("--template"));
}

TEST(Prompts, EveryBuiltInFileReads) {
  for (const auto& file : built_in_files("templates/")) EXPECT_FALSE(read_templates(file).empty());
  EXPECT_THAT(read_templates("templates/skyscript.txt"),
              ElementsAre("a satellite photo of {c}.", "a satellite image of {c}"));
}

// Prompts (3, 0) and (0, 4): normalised they weigh the same, raw the longer one pulls.
TEST(Prompts, AveragingIsDoneInTheOrderAskedFor) {
  Matrix prompts(2, 2);
  prompts.values = {3, 0, 0, 4};
  const Matrix normalised = average_prompts(prompts, 2, Averaging::normalised);
  ASSERT_EQ(normalised.rows, 1);
  EXPECT_NEAR(normalised.values[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(normalised.values[1], std::sqrt(0.5), 1e-6);
  const Matrix raw = average_prompts(prompts, 2, Averaging::raw);
  EXPECT_NEAR(raw.values[0], 0.6, 1e-6);
  EXPECT_NEAR(raw.values[1], 0.8, 1e-6);
}

TEST(Prompts, ClassesStayApart) {
  Matrix prompts(4, 2);
  prompts.values = {1, 0, 5, 0, 0, 2, 0, 3};
  const Matrix classes = average_prompts(prompts, 2, Averaging::raw);
  EXPECT_THAT(classes.values, ElementsAre(1, 0, 0, 1));
}

TEST(Prompts, ValuesThatAreNotFiniteAreRefused) {
  Matrix prompts(1, 2);
  prompts.values = {1, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT(message_of([&] { (void)average_prompts(prompts, 1, Averaging::raw); }),
              HasSubstr("prompt embeddings"));
}

}  // namespace
}  // namespace skyglot
