// SPDX-License-Identifier: Apache-2.0
#include "osm/area_rules.hpp"

#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/tag.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

bool is_area(const AreaRules& rules, const Tags& tags) {
  AreaVerdict verdict = AreaVerdict::line;
  for (const Tag& tag : tags) verdict = rules.after(verdict, tag.key, tag.value);
  return AreaRules::is_area(verdict);
}

TEST(AreaRules, BuiltInRulesFollowTheWiki) {
  const AreaRules rules(load_resource("areas.toml"), "areas.toml");
  EXPECT_TRUE(is_area(rules, {{"building", "yes"}}));
  EXPECT_FALSE(is_area(rules, {{"building", "no"}}));
  EXPECT_FALSE(is_area(rules, {{"highway", "residential"}, {"junction", "roundabout"}}));
  EXPECT_TRUE(is_area(rules, {{"highway", "rest_area"}}));
  EXPECT_FALSE(is_area(rules, {{"natural", "coastline"}}));
  EXPECT_TRUE(is_area(rules, {{"natural", "coastline"}, {"place", "island"}}));
  EXPECT_FALSE(is_area(rules, {{"leisure", "track"}}));
  EXPECT_TRUE(is_area(rules, {{"leisure", "pitch"}}));
  EXPECT_FALSE(is_area(rules, {{"barrier", "fence"}}));
  EXPECT_FALSE(is_area(rules, {{"name", "Circuit"}}));
}

TEST(AreaRules, AreaTagDecidesWhereverItStands) {
  const AreaRules rules(load_resource("areas.toml"), "areas.toml");
  EXPECT_TRUE(is_area(rules, {{"area", "yes"}, {"highway", "pedestrian"}}));
  EXPECT_TRUE(is_area(rules, {{"highway", "pedestrian"}, {"area", "yes"}}));
  EXPECT_FALSE(is_area(rules, {{"area", "no"}, {"building", "yes"}}));
  EXPECT_FALSE(is_area(rules, {{"leisure", "park"}, {"area", "no"}}));
}

TEST(AreaRules, RefusesWhatItDoesNotUnderstand) {
  for (const char* text :
       {"[areas]\nbuilding = \"some\"", "[areas]\nbuilding = 3", "[areas]\nbuilding = { but = [] }",
        "[areas]\nbuilding = [1]", "[lines]\n", "[areas]\n[other]\n", "[areas"})
    EXPECT_THROW(AreaRules(text, "mine.toml"), Error) << text;
}

}  // namespace
}  // namespace skyglot
