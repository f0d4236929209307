// SPDX-License-Identifier: Apache-2.0
#include "tokens/word_pieces.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<TokenId>;

// Ids:               0      1      2      3      4  5     6     7     8    9   10  11  12  13
constexpr char kVocabulary[] =
    "[PAD]\n[UNK]\n[CLS]\nroad\n##s\nrail\n##way\n##ways\ncafe\n,\n-\n東\n$\n[SEP]\n";

WordPieceTokenizer small_tokenizer() {
  return {kVocabulary, "vocabulary.txt"};
}

TEST(WordPieces, TakesTheLongestPieceThatGoesOn) {
  const auto tokenizer = small_tokenizer();
  EXPECT_THAT(tokenizer.encode("roads"), ElementsAre(3, 4));
  EXPECT_THAT(tokenizer.encode("railways"), ElementsAre(5, 7));
  EXPECT_THAT(tokenizer.encode("railway"), ElementsAre(5, 6));
}

TEST(WordPieces, AWordThatCannotBeCutIsUnknownAsAWhole) {
  const auto tokenizer = small_tokenizer();
  EXPECT_THAT(tokenizer.encode("roadx rail"), ElementsAre(1, 5));
  EXPECT_THAT(tokenizer.encode("s"), ElementsAre(1)) << "only a word's end is known";
  EXPECT_THAT(tokenizer.encode(std::string(101, 's')), ElementsAre(1));
}

TEST(WordPieces, CleansAsBertDoes) {
  const auto tokenizer = small_tokenizer();
  EXPECT_THAT(tokenizer.encode(" ROAD\t\nRail "), ElementsAre(3, 5));
  EXPECT_THAT(tokenizer.encode("road,rail"), ElementsAre(3, 9, 5)) << "marks are words";
  EXPECT_THAT(tokenizer.encode("rail-road$"), ElementsAre(5, 10, 3, 12));
  EXPECT_THAT(tokenizer.encode("Café"), ElementsAre(8)) << "composed";
  EXPECT_THAT(tokenizer.encode("CAFE\u0301"), ElementsAre(8)) << "with a combining accent";
  EXPECT_THAT(tokenizer.encode("road\u00A0rail"), ElementsAre(3, 5)) << "no-break space";
  EXPECT_THAT(tokenizer.encode("ro\u00ADad"), ElementsAre(3)) << "soft hyphen is a format mark";
  EXPECT_THAT(tokenizer.encode("road東road"), ElementsAre(3, 11, 3));
  EXPECT_THAT(tokenizer.encode("road\xFF"), ElementsAre(3)) << "bytes of no character";
  EXPECT_THAT(tokenizer.encode(""), ElementsAre());
}

TEST(WordPieces, FramesAText) {
  const auto tokenizer = small_tokenizer();
  EXPECT_THAT(tokenizer.context("roads", 6), ElementsAre(2, 3, 4, 13, 0, 0));
  EXPECT_THAT(tokenizer.context("rail roads", 4), ElementsAre(2, 5, 3, 13));
  EXPECT_EQ(tokenizer.vocabulary(), 14u);
  EXPECT_THROW((void)tokenizer.whole_context("rail roads", 4), Error);
}

TEST(WordPieces, AMarkOfTheVocabularyInATextIsNoMark) {
  EXPECT_THAT(small_tokenizer().encode("[SEP]"), ElementsAre(1, 1, 1));
}

struct WrongVocabulary {
  const char* text;
  const char* says;
};

TEST(WordPieces, NamesWhatIsWrongWithAVocabulary) {
  for (const auto& [text, says] :
       {WrongVocabulary{"[PAD]\nroad\n", "no line [UNK]"},
        WrongVocabulary{"[UNK]\n[PAD]\n[CLS]\n[SEP]\n", "[PAD] is not on the first line"},
        WrongVocabulary{"[PAD]\n[UNK]\n[CLS]\n[SEP]\nroad\n", "[SEP] is on line 4 of 5"},
        WrongVocabulary{"[PAD]\n[UNK]\n[CLS]\nroad\nroad\n[SEP]\n", "road stands on line 5"},
        WrongVocabulary{"[PAD]\n[UNK]\n[CLS]\n\n[SEP]\n", "line 4 is empty"},
        WrongVocabulary{"", "no line"}}) {
    try {
      (void)WordPieceTokenizer(text, "v.txt");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("v.txt"), HasSubstr(says)));
    }
  }
}

}  // namespace
}  // namespace skyglot
