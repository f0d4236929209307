// SPDX-License-Identifier: Apache-2.0
#include "tags/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

const Tag kWood{"natural", "wood"};
const Tag kWater{"natural", "water"};
const Tag kLake{"water", "lake"};
const Tag kName{"name", "Long Lake"};

TagStatistics small_map() {
  TagStatistics statistics(VisibilityTable::parse(
      "key,value,visible,max_gsd_m\nnatural,water,yes,10\nnatural,wood,yes,10\nname,*,no,\n", "t"));
  statistics.add('a', {kWood});
  statistics.add('a', {kWood});
  statistics.add('w', {kWood, kName});
  statistics.add('a', {kName, kWater, kLake});
  statistics.add('n', {kWater});
  statistics.add('n', {kName});
  return statistics;
}

TEST(TagStatistics, CountsTagsMostFrequentFirst) {
  const auto rows = small_map().by_tag();
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].tag, kName);  // as many as wood, earlier by key
  EXPECT_EQ(rows[1].tag, kWood);
  EXPECT_EQ(rows[2].tag, kWater);
  EXPECT_EQ(rows[3].tag, kLake);
  EXPECT_EQ(rows[1].counts.objects, 3);
  EXPECT_EQ(rows[1].counts.areas, 2);
  EXPECT_EQ(rows[1].counts.ways, 1);
  EXPECT_EQ(rows[1].counts.nodes, 0);
  EXPECT_EQ(rows[1].counts.alone, 2);
  EXPECT_EQ(rows[1].max_gsd_m, 10);
  EXPECT_FALSE(rows[0].max_gsd_m.has_value());
}

TEST(TagStatistics, SaysWhatTheTableDoesNotKnow) {
  const auto rows = small_map().by_tag();
  EXPECT_TRUE(rows[0].labelled);
  EXPECT_TRUE(rows[1].labelled);
  EXPECT_FALSE(rows[3].labelled);
}

TEST(TagStatistics, CountsKeys) {
  const auto rows = small_map().by_key();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].key, "natural");
  EXPECT_EQ(rows[0].counts.objects, 5);
  EXPECT_EQ(rows[0].values, 2);
  EXPECT_EQ(rows[0].visible_objects, 5);
  EXPECT_EQ(rows[0].counts.alone, 3);
  EXPECT_EQ(rows[1].key, "name");
  EXPECT_EQ(rows[1].visible_objects, 0);
}

TEST(TagStatistics, AddsUp) {
  const TagTotals totals = small_map().totals();
  EXPECT_EQ(totals.objects.objects, 6);
  EXPECT_EQ(totals.objects.nodes, 2);
  EXPECT_EQ(totals.objects.ways, 1);
  EXPECT_EQ(totals.objects.areas, 3);
  EXPECT_EQ(totals.objects.alone, 4);
  EXPECT_EQ(totals.visible_objects, 5);
  EXPECT_EQ(totals.tags, 4);
  EXPECT_EQ(totals.keys, 3);
  EXPECT_EQ(totals.occurrences, 9);
  EXPECT_EQ(totals.visible_occurrences, 5);
}

TEST(TagStatistics, CountsTagsByHowManyObjectsTheyHave) {
  TagStatistics statistics(VisibilityTable::parse("key,value,visible,max_gsd_m\n", "t"));
  for (int i = 0; i < 1000; ++i) {
    Tags tags{kWood};
    if (i < 100) tags.push_back(kWater);
    if (i < 99) tags.push_back(kLake);
    if (i < 9) tags.push_back(kName);
    statistics.add('n', tags);
  }
  EXPECT_THAT(statistics.totals().tags_with_at_least, ::testing::ElementsAre(3, 2, 1));
}

TEST(TagStatistics, IsEmptyOfNothing) {
  const TagStatistics statistics(VisibilityTable::parse("key,value,visible,max_gsd_m\n", "t"));
  EXPECT_TRUE(statistics.by_tag().empty());
  EXPECT_TRUE(statistics.by_key().empty());
  EXPECT_EQ(statistics.totals().objects.objects, 0);
}

TEST(TagPairs, CountsWhatStandsTogether) {
  TagPairs pairs({kWood, kName, kWater});
  pairs.add({kName, kWater, kLake});
  pairs.add({kName, kWater});
  pairs.add({kName, kWood});
  pairs.add({kWood});
  const auto rows = pairs.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].first, kName);
  EXPECT_EQ(rows[0].second, kWater);
  EXPECT_EQ(rows[0].objects, 2);
  EXPECT_EQ(rows[1].first, kWood);
  EXPECT_EQ(rows[1].second, kName);
  EXPECT_EQ(rows[1].objects, 1);
}

TEST(TagPairs, CanBeLimitedToAKey) {
  TagPairs pairs({kWood, kName, kWater, kLake}, "water");
  pairs.add({kName, kWater, kLake});
  const auto rows = pairs.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].first, kName);
  EXPECT_EQ(rows[0].second, kLake);
  EXPECT_EQ(rows[1].first, kWater);
}

}  // namespace
}  // namespace skyglot
