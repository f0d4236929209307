// SPDX-License-Identifier: Apache-2.0
#include "tags/visibility.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTable =
    "key,value,visible,max_gsd_m,note\n"
    "sport,soccer,yes,1,\n"
    "sport,tennis,yes,0.6,\n"
    "sport,chess,no,,\n"
    "sport,soccer;chess,no,,\"the exact list is listed\"\n"
    "roof:shape,*,yes,0.2,\n"
    "roof:shape,unknown,no,,\n"
    "highway,*,no,,\n"
    "highway,motorway,yes,10,\n";

VisibilityTable table() {
  return VisibilityTable::parse(kTable, "table.csv");
}

std::string complaint(const std::string& rows) {
  try {
    (void)VisibilityTable::parse("key,value,visible,max_gsd_m\n" + rows, "table.csv");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    return error.what();
  }
  return "";
}

TEST(Visibility, LooksUpExactThenStarThenNothing) {
  EXPECT_EQ(table().max_gsd_m(Tag{"highway", "motorway"}), 10);
  EXPECT_EQ(table().max_gsd_m(Tag{"highway", "elevator"}), std::nullopt);
  EXPECT_EQ(table().max_gsd_m(Tag{"roof:shape", "onion"}), 0.2);
  EXPECT_EQ(table().max_gsd_m(Tag{"roof:shape", "unknown"}), std::nullopt);
  EXPECT_EQ(table().max_gsd_m(Tag{"name", "Oak Park"}), std::nullopt);
}

TEST(Visibility, DoesNotSeeAbsence) {
  EXPECT_EQ(table().max_gsd_m(Tag{"roof:shape", "no"}), std::nullopt);
}

TEST(Visibility, JudgesListsPartByPart) {
  EXPECT_EQ(table().max_gsd_m(Tag{"sport", "tennis; soccer"}), 1);
  EXPECT_EQ(table().max_gsd_m(Tag{"sport", "chess;tennis"}), 0.6);
  EXPECT_EQ(table().max_gsd_m(Tag{"sport", "chess;darts"}), std::nullopt);
  EXPECT_EQ(table().max_gsd_m(Tag{"sport", "soccer;chess"}), std::nullopt);
  EXPECT_EQ(table().max_gsd_m(Tag{"sport", ";"}), std::nullopt);
}

TEST(Visibility, TakesTheLargestOfManyTags) {
  EXPECT_EQ(table().max_gsd_m(Tags{{"name", "x"}, {"roof:shape", "hip"}, {"sport", "soccer"}}), 1);
  EXPECT_EQ(table().max_gsd_m(Tags{{"name", "x"}}), std::nullopt);
  EXPECT_EQ(table().max_gsd_m(Tags{}), std::nullopt);
}

TEST(Visibility, KeepsWhatCanBeToldAtAGsd) {
  const Tags tags{{"highway", "motorway"}, {"name", "A 1"}, {"sport", "tennis;chess;soccer"}};
  EXPECT_THAT(table().visible_at(tags, 0.5),
              ElementsAre(Tag{"highway", "motorway"}, Tag{"sport", "tennis;soccer"}));
  EXPECT_THAT(table().visible_at(tags, 0.6),
              ElementsAre(Tag{"highway", "motorway"}, Tag{"sport", "tennis;soccer"}));
  EXPECT_THAT(table().visible_at(tags, 0.7),
              ElementsAre(Tag{"highway", "motorway"}, Tag{"sport", "soccer"}));
  EXPECT_THAT(table().visible_at(tags, 1.5), ElementsAre(Tag{"highway", "motorway"}));
  EXPECT_THAT(table().visible_at(tags, 30), ElementsAre(Tag{"highway", "motorway"}))
      << "10 m means 10 m and coarser";
  EXPECT_THAT(table().visible_at({{"sport", "soccer"}}, 30), IsEmpty());
}

TEST(Visibility, SaysWhatItKnows) {
  EXPECT_TRUE(table().knows({"sport", "chess"}));
  EXPECT_TRUE(table().knows({"sport", "darts;chess"}));
  EXPECT_TRUE(table().knows({"roof:shape", "onion"}));
  EXPECT_FALSE(table().knows({"sport", "darts"}));
  EXPECT_EQ(table().size(), 8u);
}

TEST(Visibility, NamesWhatIsWrongWithATable) {
  EXPECT_THAT(complaint("a,b,maybe,\n"), HasSubstr("table.csv: row a=b: visible is \"maybe\""));
  EXPECT_THAT(complaint("a,b,yes,\n"), HasSubstr("max_gsd_m is \"\""));
  EXPECT_THAT(complaint("a,b,yes,0.5\n"), HasSubstr("must be 0.1, 0.2, 0.6, 1 or 10"));
  EXPECT_THAT(complaint("a,b,no,1\n"), HasSubstr("must be empty"));
  EXPECT_THAT(complaint("a,b,no,\na,b,no,\n"), HasSubstr("listed twice"));
  EXPECT_THAT(complaint(",b,no,\n"), HasSubstr("empty"));
  EXPECT_THROW((void)VisibilityTable::parse("key,value\n", "t"), Error);
}

TEST(Visibility, BuiltInTableKeepsThePublishedAnswers) {
  const VisibilityTable labels = VisibilityTable::built_in();
  EXPECT_TRUE(labels.max_gsd_m(Tag{"waterway", "stream"}).has_value());
  EXPECT_TRUE(labels.max_gsd_m(Tag{"surface", "concrete"}).has_value());
  EXPECT_EQ(labels.max_gsd_m(Tag{"natural", "coastline"}), 10);
  EXPECT_LT(labels.max_gsd_m(Tag{"power", "pole"}), 10);
  EXPECT_EQ(labels.max_gsd_m(Tag{"leaf_type", "broadleaved"}), std::nullopt);
  EXPECT_EQ(labels.max_gsd_m(Tag{"admin_level", "8"}), std::nullopt);
  EXPECT_EQ(labels.max_gsd_m(Tag{"source", "Esri"}), std::nullopt);
}

}  // namespace
}  // namespace skyglot
