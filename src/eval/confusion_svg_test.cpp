// SPDX-License-Identifier: Apache-2.0
#include "eval/confusion_svg.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Not;

ConfusionMatrix small() {
  ConfusionMatrix matrix(
      std::vector<std::string>{"forest", "dense residential, old", "port & <sea>"});
  for (int i = 0; i < 8; ++i) matrix.add(0, 0);
  for (int i = 0; i < 2; ++i) matrix.add(0, 2);
  for (int i = 0; i < 3; ++i) matrix.add(1, 0);
  matrix.add(1, 1);
  return matrix;
}

ConfusionMatrix many(std::size_t classes) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < classes; ++k) names.push_back(fmt::format("class {}", k));
  ConfusionMatrix matrix(names);
  for (std::size_t k = 0; k < classes; ++k) matrix.add(k, k);
  return matrix;
}

TEST(ConfusionSvg, ShowsCountsSharesAndScale) {
  const std::string svg = confusion_svg(small(), "A <title>");
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
  EXPECT_THAT(confusion_svg(many(1), "one"), HasSubstr("1 of 1 pictures right (100%)"));
  EXPECT_LT(confusion_svg(many(400), "many").size(), 400000u);  // empty squares cost nothing
  ConfusionMatrix damaged(std::vector<std::string>{"bad \xFF name"});
  EXPECT_THAT(confusion_svg(damaged, "t"), HasSubstr("bad \uFFFD name"));
}

}  // namespace
}  // namespace skyglot
