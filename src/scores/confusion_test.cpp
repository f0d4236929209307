// SPDX-License-Identifier: Apache-2.0
#include "scores/confusion.hpp"

#include "base/csv.hpp"
#include "scores/confusion_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Confusion, WorstPairsFirstTiesByIndex) {
  ConfusionMatrix matrix = small_confusion();
  matrix.add(2, 1);
  matrix.add(2, 1);
  const auto pairs = most_confused(matrix, 2);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].truth, 1u);
  EXPECT_EQ(pairs[0].predicted, 0u);
  EXPECT_EQ(pairs[0].count, 3);
  EXPECT_EQ(pairs[1].truth, 0u);  // two, as 2 -> 1 has
  EXPECT_EQ(most_confused(matrix, 9).size(), 3u);
}

TEST(Confusion, TextOfFewClassesIsTheMatrix) {
  EXPECT_EQ(confusion_text(small_confusion()),
            "   true \\ taken for         1   2   3    right\n"
            " 1 forest                   8   .   2    80.0%\n"
            " 2 dense residential, old   3   1   .    25.0%\n"
            " 3 port & <sea>             .   .   .        -\n");
}

TEST(Confusion, TextOfManyClassesIsThePairs) {
  ConfusionMatrix matrix = right_confusion(13);
  EXPECT_EQ(confusion_text(matrix), "no class is taken for another\n");
  for (int i = 0; i < 3; ++i) matrix.add(4, 5);
  matrix.add(5, 4);
  EXPECT_EQ(confusion_text(matrix, 1),
            "most confused (pictures, share of the true class, true -> taken for):\n"
            "      3    75.0%  class 4 -> class 5\n");
}

TEST(Confusion, CsvReadsBack) {
  const CsvTable table = parse_csv(confusion_csv(small_confusion()), "confusion");
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.header[2], "dense residential, old");
  EXPECT_EQ(table.rows[1], (std::vector<std::string>{"dense residential, old", "3", "1", "0"}));
}

TEST(Shorten, CountsCharactersNotBytes) {
  EXPECT_EQ(shorten("Straße", 6), "Straße");
  EXPECT_EQ(shorten("Straßenbahn", 6), "Straß…");
}

}  // namespace
}  // namespace skyglot
