// SPDX-License-Identifier: Apache-2.0
#include "base/html.hpp"

#include <gmock/gmock.h>
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

TEST(EscapeHtml, MarkupBecomesText) {
  EXPECT_EQ(escape_html("<script>alert('x')</script> & \"y\""),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;");
}

TEST(EscapeHtml, WordsOfAnyLanguageStay) {
  EXPECT_EQ(escape_html("Straße 東京 مسجد 🏠"), "Straße 東京 مسجد 🏠");
}

TEST(EscapeHtml, ControlCharactersAndDirectionMarksAreReplaced) {
  EXPECT_EQ(escape_html(std::string("a\0b\x1b[31m", 8)), "a�b�[31m");
  EXPECT_EQ(escape_html("\u202Eevil\u202C"), "�evil�");
  EXPECT_EQ(escape_html("\u2066x\u2069\u200F\uFEFF\uFFFF"), "�x����");
  EXPECT_EQ(escape_html("a\tb\nc"), "a b c");
}

TEST(EscapeHtml, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(escape_html("\xFFz"), "�z");
  EXPECT_EQ(escape_html("\xC0\x80"), "��");
  EXPECT_THAT(escape_html("x\xE2\x82"), testing::StartsWith("x�"));
}

}  // namespace
}  // namespace skyglot
