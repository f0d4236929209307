// SPDX-License-Identifier: Apache-2.0
#include "text/html.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// Expectations are what Python's html.unescape() gives.
TEST(HtmlUnescape, ResolvesNamesAndNumbers) {
  EXPECT_EQ(html_unescape("a &lt; b &amp;&amp; &quot;c&quot; &apos;d&apos;"), "a < b && \"c\" 'd'");
  EXPECT_EQ(html_unescape("caf&eacute; &#233; &#xE9; &#XE9;"), "café é é é");
  EXPECT_EQ(html_unescape("&thetasym;&euro;"), "ϑ€");
}

TEST(HtmlUnescape, ResolvesOnce) {
  EXPECT_EQ(html_unescape("&amp;amp;"), "&amp;");
}

TEST(HtmlUnescape, TakesOldNamesWithoutSemicolon) {
  EXPECT_EQ(html_unescape("fish &amp chips &copy2024"), "fish & chips ©2024");
  EXPECT_EQ(html_unescape("&alpha"), "&alpha");
}

TEST(HtmlUnescape, LeavesTheRest) {
  EXPECT_EQ(html_unescape("AT&T & &; &# &#x; &nosuch; &"), "AT&T & &; &# &#x; &nosuch; &");
  EXPECT_EQ(html_unescape(""), "");
}

TEST(HtmlUnescape, KeepsBadNumbersHarmless) {
  EXPECT_EQ(html_unescape("&#0;&#xD800;&#99999999999;"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(html_unescape("&#150;"), "\u2013");
}

}  // namespace
}  // namespace skyglot
