// SPDX-License-Identifier: Apache-2.0
#include "report/caption_counter.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

std::size_t letters(std::string_view text) {
  return text.size();
}

TEST(CaptionCounter, CountsWhatIsSaidOnceAndOften) {
  CaptionCounter counter(letters, 20);
  for (const char* text : {"a tree", "a house", "a tree", "a tree", "two big ponds"})
    counter.add(text);
  const CaptionStatistics s = counter.finish();
  EXPECT_EQ(s.pictures, 5u);
  EXPECT_EQ(s.distinct, 3u);
  EXPECT_EQ(s.unique_pictures, 2u);
  EXPECT_DOUBLE_EQ(s.unique_share(), 0.4);
  EXPECT_EQ(s.group_sizes, (ValueCounts{{1, 2}, {3, 1}}));
  EXPECT_EQ(s.words, (ValueCounts{{2, 4}, {3, 1}}));
  EXPECT_EQ(s.tokens, (ValueCounts{{6, 3}, {7, 1}, {13, 1}}));
  ASSERT_EQ(s.top.size(), 1u);
  EXPECT_EQ(s.top[0].text, "a tree");
  EXPECT_EQ(s.top[0].pictures, 3u);
}

TEST(CaptionCounter, TheFewTextsKeptAreExactlyTheMostRepeated) {
  RandomStream random(3, "captions");
  for (int round = 0; round < 50; ++round) {
    CaptionCounter counter(letters, 5);
    std::map<std::string, std::uint64_t> plain;
    for (int i = 0; i < 300; ++i) {
      const std::string text =
          "caption " + std::to_string(random.integer(0, random.integer(0, 40)));
      counter.add(text);
      ++plain[text];
    }
    std::vector<std::pair<std::int64_t, std::string>> expected;
    for (const auto& [text, count] : plain)
      if (count > 1) expected.emplace_back(-static_cast<std::int64_t>(count), text);
    std::ranges::sort(expected);
    expected.resize(5);
    const auto top = counter.finish().top;
    ASSERT_EQ(top.size(), 5u);
    for (std::size_t i = 0; i < top.size(); ++i) {
      EXPECT_EQ(top[i].text, expected[i].second);
      EXPECT_EQ(static_cast<std::int64_t>(top[i].pictures), -expected[i].first);
    }
  }
}

TEST(CountWords, BlanksSeparate) {
  EXPECT_EQ(count_words(""), 0u);
  EXPECT_EQ(count_words("  a  b "), 2u);
}

}  // namespace
}  // namespace skyglot
