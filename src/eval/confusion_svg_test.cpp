// SPDX-License-Identifier: Apache-2.0
#include "eval/confusion_svg.hpp"

#include "scores/confusion_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ConfusionSvg, ShowsCountsSharesAndScale) {
  const std::string svg = confusion_svg(small_confusion(), "A <title>");
  EXPECT_THAT(svg, HasSubstr("A &lt;title&gt;"));
  EXPECT_THAT(svg, HasSubstr("port &amp; &lt;sea&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("<sea>")));
  EXPECT_THAT(svg, HasSubstr("forest taken for port &amp; &lt;sea&gt;: 2 of 10 (20%)"));
  EXPECT_THAT(svg, HasSubstr("9 of 14 pictures right (64%)"));
  EXPECT_THAT(svg, HasSubstr("linearGradient"));
  EXPECT_THAT(svg, HasSubstr(">100%</text>"));
}

TEST(ConfusionSvg, OfExtremes) {
  EXPECT_THAT(confusion_svg(ConfusionMatrix(), "none"), testing::EndsWith("</svg>\n"));
  EXPECT_THAT(confusion_svg(right_confusion(1), "one"), HasSubstr("1 of 1 pictures right (100%)"));
  EXPECT_LT(confusion_svg(right_confusion(400), "many").size(),
            400000u);  // empty squares cost nothing
  ConfusionMatrix damaged(std::vector<std::string>{"bad \xFF name"});
  EXPECT_THAT(confusion_svg(damaged, "t"), HasSubstr("bad \uFFFD name"));
}

}  // namespace
}  // namespace skyglot
