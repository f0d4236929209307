// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;

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

TEST(Percent, ExtremesOnlyForExactlyThat) {
  EXPECT_EQ(percent(0), "0%");
  EXPECT_EQ(percent(1), "100%");
  EXPECT_EQ(percent(0.1234), "12.3%");
  EXPECT_EQ(percent(0.00001), "&lt;0.1%");
  EXPECT_EQ(percent(0.99999), "&gt;99.9%");
}

TEST(Table, HasCaptionAndScopes) {
  const std::string html =
      table_html({"Things & more", {{"Name"}, {"Count", CellKind::number}}, {{"<b>a</b>", "3"}}});
  EXPECT_THAT(html, HasSubstr("<caption>Things &amp; more</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\" class=\"n\">Count</th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\"><b>a</b></th><td class=\"n\">3</td>"));
}

TEST(Bar, NeverLeavesItsCell) {
  EXPECT_EQ(bar_html(0), "");
  EXPECT_THAT(bar_html(7), HasSubstr("width:100%"));
  EXPECT_THAT(bar_html(0.5), HasSubstr("width:50%"));
}

}  // namespace
}  // namespace skyglot
