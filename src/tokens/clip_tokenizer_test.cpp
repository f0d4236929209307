// SPDX-License-Identifier: Apache-2.0
#include "tokens/clip_tokenizer.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "tests/support/shared_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <thread>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<TokenId>;
namespace fs = std::filesystem;

struct Vector {
  const char* text;
  Ids ids;
};

class TokenizerVector : public ::testing::TestWithParam<Vector> {};

TEST_P(TokenizerVector, HasTheIdsOfTheOriginal) {
  EXPECT_EQ(clip_tokenizer().encode(GetParam().text), GetParam().ids);
}

INSTANTIATE_TEST_SUITE_P(
    Published, TokenizerVector,
    ::testing::Values(
        Vector{"hello world!", {3306, 1002, 256}},
        Vector{"a satellite photo of airport runway.", {320, 10316, 1125, 539, 3259, 13927, 269}},
        Vector{"a satellite image of power pole, surrounded by power minor line with cables of 3 "
               "and voltage of 16000",
               {320, 10316, 2867, 539, 1807, 8170,  267, 13589, 638, 1807, 8522, 1148,
                593, 22408, 539,  274, 537,  23118, 539, 272,   277, 271,  271,  271}},
        Vector{"it's 2024", {585, 568, 273, 271, 273, 275}},
        Vector{"plant output electricity of 19.9 MW",
               {3912, 17255, 10950, 539, 272, 280, 269, 280, 11206}},
        Vector{"parkinglot", {699, 2365, 1954}},
        Vector{"a satellite image of man_made bridge",
               {320, 10316, 2867, 539, 786, 318, 1105, 2465}},
        Vector{"café zürich", {15304, 89, 6522, 4021}}, Vector{"東京", {48338, 21078, 361}}));

TEST(ClipTokenizer, CleansBeforeItSplits) {
  const Tokenizer& clip = clip_tokenizer();
  EXPECT_EQ(clip.encode(" Hello \n\t WORLD! "), clip.encode("hello world!"));
  EXPECT_EQ(clip.encode("it\u2019s"), clip.encode("it's"));
  EXPECT_EQ(clip.encode("it&amp;#39;s"), clip.encode("it's"));
  EXPECT_EQ(clip.encode("\uFF52\uFF49\uFF56\uFF45\uFF52"), clip.encode("river"));
  EXPECT_EQ(clip.encode("ÄRGER РЕКА ΛΙΜΝΗ"), clip.encode("ärger река λιμνη"));
}

TEST(ClipTokenizer, TakesTheMongolianVowelSeparatorForNoBlank) {
  EXPECT_THAT(clip_tokenizer().encode("\u180E"), ElementsAre(157, 254, 492));
}

TEST(ClipTokenizer, KnowsItsSpecialTokens) {
  EXPECT_THAT(clip_tokenizer().encode("<|startoftext|>a<|endoftext|>"),
              ElementsAre(ClipTokenizer::kStart, 320, ClipTokenizer::kEnd));
}

TEST(ClipTokenizer, FramesAndKeepsTheEndTokenOfLongText) {
  const Ids framed = clip_tokenizer().context("hello world!", 8);
  EXPECT_THAT(framed, ElementsAre(49406, 3306, 1002, 256, 49407, 0, 0, 0));
  const Ids cut = clip_tokenizer().context("hello world!", 4);
  EXPECT_THAT(cut, ElementsAre(49406, 3306, 1002, 49407));
  EXPECT_THAT(clip_tokenizer().context("", 3), ElementsAre(49406, 49407, 0));
  EXPECT_EQ(clip_tokenizer().count("hello world!"), 5u);
}

TEST(ClipTokenizer, TakesAnyBytes) {
  RandomStream random(1, "bytes");
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 60; ++i) bytes += static_cast<char>(random.integer(0, 255));
    for (const TokenId id : clip_tokenizer().encode(bytes)) {
      ASSERT_GE(id, 0);
      ASSERT_LE(id, ClipTokenizer::kEnd);
    }
  }
}

// Time of the processor, on which other programs have no part.
double seconds_for_a_word_of(std::size_t letters) {
  const std::string word(letters, 'a');
  const std::clock_t start = std::clock();
  EXPECT_GT(clip_tokenizer().encode(word).size(), letters / 1024);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Eight times as long a word takes some ten times as long, and 64 times if steps grew with its
// square.
TEST(ClipTokenizer, IsNotSlowOnOneVeryLongWord) {
  (void)clip_tokenizer().encode("a");
  EXPECT_LT(seconds_for_a_word_of(1 << 18), 32 * seconds_for_a_word_of(1 << 15));
}

TEST(ClipTokenizer, GivesTheSameFromManyThreads) {
  const Ids expected = clip_tokenizer().encode("landuse of quarry with resource of bauxite");
  std::vector<Ids> results(4);
  std::vector<std::jthread> threads;
  for (Ids& result : results)
    threads.emplace_back([&result] {
      result = clip_tokenizer().encode("landuse of quarry with resource of bauxite");
    });
  threads.clear();
  for (const Ids& result : results) EXPECT_EQ(result, expected);
}

TEST(ClipTokenizer, NamesWhatIsWrongWithAMergesFile) {
  try {
    (void)ClipTokenizer("#version: 0.2\ni n\nwrong\n", "merges.txt");
    FAIL() << "a line that is no merge was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_THAT(error.what(), HasSubstr("merges.txt:3"));
  }
  EXPECT_THROW(ClipTokenizer("", "merges.txt"), Error);
  EXPECT_THROW(ClipTokenizer("#version: 0.2\ni n\n", "merges.txt"), Error);
}

// A last word that is not ASCII sends the whole text through the pattern.
TEST(ClipTokenizer, AsciiHasTheIdsOfTheGeneralWay) {
  const Tokenizer& clip = clip_tokenizer();
  const std::vector<std::string> pieces{"a",
                                        "River",
                                        "'s",
                                        "'ll",
                                        "''",
                                        "12",
                                        " ",
                                        "\t",
                                        "\n",
                                        "\f",
                                        "\x01",
                                        "\x1f",
                                        "\x7f",
                                        "!?",
                                        "_",
                                        "-",
                                        "<|startoftext|>",
                                        "<|endoftext|>",
                                        "<|",
                                        "'RE",
                                        "'d",
                                        "<",
                                        "'",
                                        "\v",
                                        "Z9z",
                                        "anticonstitutionnellementxyzxyzxyzxyz"};
  RandomStream random(6, "ascii");
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += pieces[random.index(pieces.size())];
    Ids expected = clip.encode(text);
    const Ids last = clip.encode("é");
    expected.insert(expected.end(), last.begin(), last.end());
    ASSERT_EQ(clip.encode(text + " é"), expected) << text;
  }
}

TEST(ClipTokenizer, RefusesLongTextWhereAsked) {
  std::string text = "river";
  for (int i = 0; i < 74; ++i) text += " river";
  EXPECT_EQ(clip_tokenizer().whole_context(text), clip_tokenizer().context(text));
  try {
    (void)clip_tokenizer().whole_context(text + " delta");
    FAIL() << "78 tokens were taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("78 tokens"));
    EXPECT_THAT(error.what(), HasSubstr("river delta"));
  }
}

TEST(ClipTokenizer, MutatedMergesNeverCrash) {
  const std::string good = load_resource("clip_merges.txt");
  const std::size_t begin = good.find("#version:");
  RandomStream random(10, "merges");
  int refused = 0;
  for (int round = 0; round < 60; ++round) {
    std::string bad = good;
    for (int k = 0; k < 3; ++k)
      bad[begin + random.index(bad.size() - begin)] = static_cast<char>(random.integer(0, 255));
    if (round % 6 == 0) bad.resize(random.index(bad.size()));
    try {
      const ClipTokenizer tokenizer(bad, "bad");
      EXPECT_EQ(tokenizer.context("a satellite image of a river").size(), 77u);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
}

TEST(ClipTokenizer, TwoTokenizersDoNotShareTheirWords) {
  std::string merges = load_resource("clip_merges.txt");
  const Ids before = clip_tokenizer().encode("inq qinq zinz");
  const std::string lines = "\ni n\nt h\n";
  merges.replace(merges.find(lines), lines.size(), "\nt h\ni n\n");
  const ClipTokenizer other(merges, "swapped");
  EXPECT_NE(other.encode("inq qinq zinz"), before);
  EXPECT_EQ(clip_tokenizer().encode("inq qinq zinz"), before);
}

// The tensor "token_ids" of a safetensors file: int64, [texts, 77].
std::vector<Ids> read_token_ids(const std::string& bytes) {
  std::uint64_t header_length = 0;
  std::memcpy(&header_length, bytes.data(), sizeof header_length);
  const auto header = nlohmann::json::parse(bytes.substr(8, header_length)).at("token_ids");
  const std::size_t begin = 8 + header_length + header.at("data_offsets").at(0).get<std::size_t>();
  std::vector<Ids> texts(header.at("shape").at(0).get<std::size_t>());
  const auto length = header.at("shape").at(1).get<std::size_t>();
  for (std::size_t i = 0; i < texts.size() * length; ++i) {
    std::int64_t id = 0;
    std::memcpy(&id, bytes.data() + begin + i * sizeof id, sizeof id);
    texts[i / length].push_back(static_cast<TokenId>(id));
  }
  return texts;
}

TEST(ClipTokenizer, ReadsTheOriginalGzipFile) {
  const fs::path file = testing_support::shared_data("weights/bpe_simple_vocab_16e6.txt.gz");
  if (file.empty()) GTEST_SKIP() << "the real data is not here";
  const ClipTokenizer original(read_file(file), file.string());
  for (const char* text :
       {"a satellite image of a river", "café zürich 東京", "Landuse: QUARRY; 19.9 MW"})
    EXPECT_EQ(original.encode(text), clip_tokenizer().encode(text));
}

TEST(ClipTokenizer, AgreesWithTheReferenceOnAwkwardTexts) {
  const fs::path archive = testing_support::shared_data("parity/parity.tar.xz");
  if (archive.empty()) GTEST_SKIP() << "the real data is not here";
  const fs::path folder = fs::path(::testing::TempDir()) / "skyglot_tokenizer_parity";
  fs::create_directories(folder);
  const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder.string() +
                              "' parity/clip/case.json parity/clip/expected.safetensors";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto facts = nlohmann::json::parse(read_file(folder / "parity/clip/case.json"));
  const auto expected = read_token_ids(read_file(folder / "parity/clip/expected.safetensors"));
  const auto texts = facts.at("texts").get<std::vector<std::string>>();
  ASSERT_EQ(texts.size(), 16u);
  ASSERT_EQ(expected.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(clip_tokenizer().context(texts[i]), expected[i]) << texts[i];
  fs::remove_all(folder);
}

}  // namespace
}  // namespace skyglot
