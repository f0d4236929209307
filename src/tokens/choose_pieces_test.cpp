// SPDX-License-Identifier: Apache-2.0
#include "tokens/choose_pieces.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::ElementsAre;
using Pieces = std::vector<std::string>;

const Pieces kAll{"[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "a",     "##a",
                  "the",   "road",      "##way", "rail",  "日",    "river", "##ing"};

TEST(ChoosePieces, KeepsLettersThenWhatTextsUseThenTheFirst) {
  const Pieces texts{"railway", "railway", "river"};
  EXPECT_THAT(choose_pieces(kAll, texts, 8),
              ElementsAre("[PAD]", "[UNK]", "[CLS]", "a", "##a", "##way", "rail", "[SEP]"));
  EXPECT_THAT(
      choose_pieces(kAll, texts, 10),
      ElementsAre("[PAD]", "[UNK]", "[CLS]", "a", "##a", "the", "##way", "rail", "river", "[SEP]"));
}

TEST(ChoosePieces, LeavesWhatIsReservedOrOfAnotherScript) {
  EXPECT_THAT(choose_pieces(kAll, {}, 100),
              ElementsAre("[PAD]", "[UNK]", "[CLS]", "a", "##a", "the", "road", "##way", "rail",
                          "river", "##ing", "[SEP]"));
  EXPECT_THAT(choose_pieces(kAll, Pieces{"日"}, 100), testing::Contains("日"));
}

TEST(ChoosePieces, NeedsRoomForTheLetters) {
  EXPECT_EQ(choose_pieces(kAll, {}, 6).size(), 6U);
  EXPECT_THROW((void)choose_pieces(kAll, {}, 5), Error);
  EXPECT_THROW((void)choose_pieces({"road"}, {}, 5), Error);
}

}  // namespace
}  // namespace skyglot
