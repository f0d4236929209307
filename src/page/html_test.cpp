// SPDX-License-Identifier: Apache-2.0
#include "page/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;

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
