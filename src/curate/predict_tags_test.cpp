// SPDX-License-Identifier: Apache-2.0
#include "curate/predict_tags.hpp"

#include "tests/support/message_of.hpp"

#include "curate/curate_testing.hpp"
#include "curate/tag_vectors.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;

// Answers "see ..." with visible and everything else with not.
TextModel two_words() {
  TextModel model;
  model.encode = [](std::span<const std::string> texts) {
    Matrix rows(std::ssize(texts), 2);
    for (std::int64_t i = 0; i < rows.rows; ++i)
      rows.row(i)[texts[static_cast<std::size_t>(i)].starts_with("see") ? 0 : 1] = 1;
    return rows;
  };
  return model;
}

VisibilityClassifier classifier() {
  VisibilityClassifier result;
  result.visible = {matrix_of({{4, -4}}), {0}};
  result.level = {matrix_of({{0, 0}, {0, 0}, {5, 0}, {0, 0}, {0, 0}}), {0, 0, 0, 0, 0}};
  result.about = {{"wording", "{key}"}, {"model_sha256", "abc"}};
  return result;
}

TEST(JudgeTags, WhatTheTableKnowsIsTakenOver) {
  const auto table =
      VisibilityTable::parse("key,value,visible,max_gsd_m\nsee,known,no,\nhid,known,yes,10\n", "t");
  const std::vector<Tag> tags{{"see", "known"}, {"see", "new"}, {"hid", "new"}, {"hid", "known"}};
  const auto judged = judge_tags(tags, table, classifier(), two_words(), "abc");
  ASSERT_EQ(judged.size(), 4u);
  EXPECT_TRUE(judged[0].labelled);
  EXPECT_FALSE(judged[0].max_gsd_m);
  EXPECT_FALSE(judged[1].labelled);
  EXPECT_EQ(judged[1].max_gsd_m, 0.6);
  EXPECT_FALSE(judged[2].max_gsd_m);
  EXPECT_EQ(judged[3].max_gsd_m, 10);
}

TEST(JudgeTags, TheTableComesBackFromItsText) {
  const auto empty = VisibilityTable::parse("key,value,visible,max_gsd_m\n", "t");
  const std::vector<Tag> tags{{"see", "a, \"b\""}, {"hid", "x"}};
  const std::string csv = judged_csv(judge_tags(tags, empty, classifier(), two_words(), "abc"));
  const VisibilityTable table = VisibilityTable::parse(csv, "predicted");
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.max_gsd_m(tags[0]), 0.6);
  EXPECT_FALSE(table.max_gsd_m(tags[1]));
  EXPECT_THAT(csv, HasSubstr("predicted,0.9820,0.9738"));
}

TEST(TagVectors, PartsOfAWordingStandSideBySide) {
  const std::vector<Tag> tags{{"see", "known"}, {"hid", "see"}};
  const Matrix one = tag_vectors(tags, "{key} {value}", two_words(), {});
  EXPECT_EQ(one.cols, 2);
  const Matrix two = tag_vectors(tags, "{key} | {value}", two_words(), {});
  ASSERT_EQ(two.cols, 4);
  ASSERT_EQ(two.rows, 2);
  EXPECT_EQ(two.values, (std::vector<float>{1, 0, 0, 1, 0, 1, 1, 0}));
  EXPECT_THAT(message_of([&] { (void)tag_vectors(tags, "{key} | thing", two_words(), {}); }),
              HasSubstr("neither {key} nor {value}"));
}

TEST(JudgeTags, AnotherTextTowerIsRefused) {
  const auto empty = VisibilityTable::parse("key,value,visible,max_gsd_m\n", "t");
  EXPECT_THAT(message_of([&] { (void)judge_tags({}, empty, classifier(), two_words(), "other"); }),
              HasSubstr("other weights"));
}

TEST(ReadTagList, EachTagOnceAndKeysAloneLeftOut) {
  const auto tags =
      read_tag_list("count,key,value\n3,a,b\n2,a,\n1,a,b\n0,c,d;e; d\n9,f,no\n", "t.csv");
  ASSERT_EQ(tags.size(), 3u);
  EXPECT_EQ(to_string(tags[1]), "c=d");
  EXPECT_EQ(to_string(tags[2]), "c=e");
  EXPECT_THAT(message_of([] { (void)read_tag_list("key,value\n,x\n", "t.csv"); }),
              HasSubstr("t.csv"));
}

}  // namespace
}  // namespace skyglot
