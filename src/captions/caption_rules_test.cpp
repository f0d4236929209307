// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "captions/captions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string complaint(std::string_view toml) {
  try {
    (void)parse_caption_rules(toml, "my.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    return error.what();
  }
  return "";
}

TEST(CaptionRules, ReadsEveryKind) {
  const CaptionRules rules = parse_caption_rules(
      "prefix = \"x \"\nmax_tokens = 40\nis_keys = [\"a\"]\ndrop_values = [\"b=c\"]\n"
      "main_keys = [\"d\", \"e\"]\n[rename_keys]\nf = \"g\"\n[rename_values]\n\"h=i\" = \"j\"\n",
      "my.toml");
  EXPECT_EQ(rules.prefix, "x ");
  EXPECT_EQ(rules.max_tokens, 40u);
  EXPECT_TRUE(rules.is_keys.contains("a"));
  EXPECT_THAT(rules.drop_values, ElementsAre(Tag{"b", "c"}));
  EXPECT_THAT(rules.main_keys, ElementsAre("d", "e"));
  EXPECT_EQ(rules.rename_keys.at("f"), "g");
  EXPECT_EQ(rules.rename_values.at({"h", "i"}), "j");
}

TEST(CaptionRules, NamesUnknownKeysAndTheNearestKnown) {
  EXPECT_THAT(complaint("\nprefx = \"a\"\n"), HasSubstr("my.toml:2: unknown key 'prefx'"));
  EXPECT_THAT(complaint("prefx = \"a\"\n"), HasSubstr("did you mean 'prefix'?"));
  EXPECT_THAT(complaint("qqqqqqqqqq = 1\n"), HasSubstr("known are: prefix, "));
}

TEST(CaptionRules, NamesWrongTypes) {
  EXPECT_THAT(complaint("prefix = 1\n"), HasSubstr("'prefix' must be a text in quotes"));
  EXPECT_THAT(complaint("max_tokens = -1\n"), HasSubstr("must be a whole number"));
  EXPECT_THAT(complaint("main_keys = \"a\"\n"), HasSubstr("must be a list"));
  EXPECT_THAT(complaint("main_keys = [1]\n"), HasSubstr("texts in quotes"));
  EXPECT_THAT(complaint("rename_keys = 3\n"), HasSubstr("must be a table"));
  EXPECT_THAT(complaint("drop_values = [\"building\"]\n"), HasSubstr("is not key=value"));
  EXPECT_THAT(complaint("prefix = \n"), HasSubstr("my.toml:1"));
}

TEST(CaptionRules, ReportsEveryProblemAtOnce) {
  const std::string text = complaint(
      "max_tokens = 100\nmax_list_values = 0\nnothing = \"\"\n"
      "is_keys = [\"a\"]\nadjective_keys = [\"a\"]\n[colours]\nred = \"#zz0000\"\n");
  EXPECT_THAT(text, HasSubstr("colour \"red\" is not like"));
  EXPECT_THAT(text, HasSubstr("CLIP reads 77"));
  EXPECT_THAT(text, HasSubstr("max_list_values is 0"));
  EXPECT_THAT(text, HasSubstr("nothing is empty"));
  EXPECT_THAT(text, HasSubstr("\"a\" is in both"));
  EXPECT_THAT(complaint("max_tokens = 9\n"), HasSubstr("no room in 9 tokens"));
}

TEST(CaptionRules, BuiltInOnesArePublishedWhereSomethingIs) {
  const CaptionRules rules = default_caption_rules();
  EXPECT_EQ(rules.prefix, "a satellite image of ");
  EXPECT_EQ(rules.rename_keys.at("highway"), "road");
  EXPECT_EQ(rules.rename_keys.at("aeroway"), "airport");
  for (const char* key : {"natural", "power", "man_made"})
    EXPECT_TRUE(rules.adjective_keys.contains(key)) << key;
  EXPECT_TRUE(rules.is_keys.contains("smoothness"));
  EXPECT_THAT(rules.drop_values, Contains(Tag{"building", "yes"}));
  EXPECT_EQ(rules.max_tokens, 77u);
}

}  // namespace
}  // namespace skyglot
