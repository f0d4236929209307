// SPDX-License-Identifier: Apache-2.0
#include "curate/tag_words.hpp"

#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(TagWords, SeparatorsBecomeBlanks) {
  EXPECT_EQ(tag_words({"landuse", "farmland"}), "landuse farmland");
  EXPECT_EQ(tag_words({"generator:source", "solar"}), "generator source solar");
  EXPECT_EQ(tag_words({"man_made", "water_tower"}), "man made water tower");
  EXPECT_EQ(tag_words({"sport", "soccer; tennis"}), "sport soccer tennis");
}

TEST(TagWords, AnyValueIsLeftOut) {
  EXPECT_EQ(tag_words({"building", "*"}), "building");
  EXPECT_EQ(tag_words({"building", "*"}, "a photo of {value} ({key})"), "a photo of (building)");
}

TEST(TagWords, MarksOfTheTagItselfAreNoMarks) {
  EXPECT_EQ(tag_words({"{value}", "x"}, "{key} is {value}"), "{value} is x");
}

TEST(TagWords, AWordingWithoutAMarkIsRefused) {
  EXPECT_THAT(message_of([] {
                (void)tag_words({"a", "b"}, "a thing");
              }),
              testing::HasSubstr("neither {key} nor {value}"));
}

}  // namespace
}  // namespace skyglot
