// SPDX-License-Identifier: Apache-2.0
#include "base/strings.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Strings, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Strings, GlobStarsMatchAnyRun) {
  EXPECT_TRUE(matches_glob("addr:street", "addr:*"));
  EXPECT_TRUE(matches_glob("addr:street", "*"));
  EXPECT_TRUE(matches_glob("name", "name"));
  EXPECT_TRUE(matches_glob("old_name:en", "*name:*"));
  EXPECT_FALSE(matches_glob("address", "addr:*"));
  EXPECT_FALSE(matches_glob("surname2", "*name"));
}

TEST(Strings, Utf8RefusesOverlongAndSurrogates) {
  EXPECT_TRUE(is_utf8("Z\xC3\xBCrich \xE6\x9D\xB1 \xF0\x9F\x8C\x8D"));
  EXPECT_FALSE(is_utf8("\xC0\x80"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("abc\xE6\x9D"));
}

TEST(Strings, ClosestFindsTypingMistakes) {
  EXPECT_EQ(closest("cels", {"cells", "seed", "prefix"}), "cells");
  EXPECT_EQ(closest("banana", {"cells", "seed"}), "");
}

TEST(Strings, TrimLowerReplaceJoin) {
  EXPECT_EQ(trim(" \ta b\n"), "a b");
  EXPECT_EQ(to_lower("MW \xC3\x84"), "mw \xC3\x84");
  EXPECT_EQ(replace_all("a_b_c", "_", " "), "a b c");
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(some_of({"a", "b"}, 2), "a, b");
  EXPECT_EQ(some_of({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}

}  // namespace
}  // namespace skyglot
