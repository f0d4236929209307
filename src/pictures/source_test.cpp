// SPDX-License-Identifier: Apache-2.0
#include "pictures/source.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "pictures/decode.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/shard.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Sources : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / ("sources-" + std::string(info->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    write_file_atomically(path, bytes);
    return path;
  }

  using Members = std::vector<std::pair<std::string, std::string>>;
  fs::path write_tar(const std::string& name, const Members& members) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    ShardWriter writer(path);
    for (const auto& [member, bytes] : members) writer.add(member, bytes);
    (void)writer.commit();
    return path;
  }

  fs::path folder_;
};

std::vector<SourcePicture> all_of(PictureSource& source) {
  std::vector<SourcePicture> pictures;
  while (auto picture = source.next()) pictures.push_back(std::move(*picture));
  EXPECT_FALSE(source.next().has_value());
  return pictures;
}

std::vector<SourcePicture> all_of(const fs::path& path, const SourceOptions& options = {}) {
  return all_of(*open_pictures({path}, options));
}

std::vector<std::string> ids_of(const std::vector<SourcePicture>& pictures) {
  std::vector<std::string> ids;
  for (const auto& picture : pictures) ids.push_back(picture.id);
  return ids;
}

std::string message_of(const fs::path& path, const SourceOptions& options = {}) {
  try {
    (void)all_of(path, options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST_F(Sources, FoldersAreSearchedAndSorted) {
  write("river/b.JPG", "1");
  write("river/a.jpeg", "2");
  write("airport/z.png", "3");
  write("airport/notes.txt", "x");
  write(".hidden/c.jpg", "4");
  write("river/._a.jpg", "5");
  const auto source = open_pictures({folder_});
  EXPECT_EQ(source->size(), 3u);
  const auto pictures = all_of(*source);
  EXPECT_THAT(ids_of(pictures), ElementsAre("airport/z.png", "river/a.jpeg", "river/b.JPG"));
  EXPECT_EQ(pictures[1].bytes, "2");
}

TEST_F(Sources, PicturesOfOtherFormatsCountToo) {
  write("set/a.png", "1");
  write("set/b.webp", "2");
  EXPECT_THAT(ids_of(all_of(folder_ / "set")), ElementsAre("a.png", "b.webp"));
  const auto tar = write_tar("t.tar", {{"k1.tif", "1"}, {"k1.txt", "words"}, {"k2.jpg", "2"}});
  EXPECT_THAT(ids_of(all_of(tar)), ElementsAre("k1.tif", "k2.jpg"));
}

TEST_F(Sources, UnusableFilesAreValues) {
  write("a.jpg", "");
  write("b.jpg", std::string(100, 'x'));
  mkfifo((folder_ / "c.jpg").c_str(), 0600);
  write("list.csv", "filepath,title\na.jpg,one\nb.jpg,two\nc.jpg,three\nd.jpg,four\n");
  SourceOptions options;
  options.max_file_bytes = 50;
  const auto pictures = all_of(folder_ / "list.csv", options);
  ASSERT_EQ(pictures.size(), 4u);
  EXPECT_EQ(pictures[0].problem, "the file is empty");
  EXPECT_THAT(pictures[1].problem, HasSubstr("100 bytes"));
  EXPECT_EQ(pictures[2].problem, "not a regular file");
  EXPECT_EQ(pictures[3].problem, "no such file");
}

TEST_F(Sources, TarsWithClassFoldersKeepTheirOrder) {
  const auto tar = write_tar("t.tar", {{"b/2.jpg", "x"}, {"a/1.v2.jpg", "y"}, {"a/1.v3.jpg", "z"}});
  EXPECT_THAT(ids_of(all_of(tar)), ElementsAre("b/2.jpg", "a/1.v2.jpg", "a/1.v3.jpg"));
  EXPECT_EQ(open_pictures({tar})->size(), 3u);
}

TEST_F(Sources, WebDatasetSamplesBringWhatLiesBeside) {
  const auto tar = write_tar("t.tar", {{"s1.json", "{}"},
                                       {"s1.jpg", "A"},
                                       {"s1.TXT", "one"},
                                       {"s2.jpg", "B"},
                                       {"s2.cls", "7"},
                                       {"s3.txt", "lonely"}});
  const auto pictures = all_of(tar);
  ASSERT_THAT(ids_of(pictures), ElementsAre("s1.jpg", "s2.jpg"));
  EXPECT_EQ(pictures[0].beside,
            (std::map<std::string, std::string>{{"json", "{}"}, {"txt", "one"}}));
  EXPECT_EQ(pictures[1].beside.at("cls"), "7");
}

TEST_F(Sources, TruncatedTarsAreErrorsThatNameThem) {
  const auto tar =
      write_tar("cut.tar", {{"a.jpg", std::string(2000, 'x')}, {"b.jpg", std::string(2000, 'y')}});
  const std::string whole = read_file(tar);
  for (const std::size_t kept : {std::size_t{0}, std::size_t{700}, std::size_t{2560},
                                 std::size_t{3000}, std::size_t{5120}, std::size_t{5632}}) {
    write_file_atomically(tar, whole.substr(0, kept));
    EXPECT_THAT(message_of(tar), HasSubstr("cut.tar")) << kept;
  }
  write_file_atomically(tar, "<html>not found</html>");
  EXPECT_THAT(message_of(tar), HasSubstr("cut.tar"));
}

TEST_F(Sources, LargeMembersAreSkippedNotLoaded) {
  const auto tar =
      write_tar("t.tar", {{"a.jpg", std::string(2000, 'x')}, {"b.jpg", "y"}, {"c.jpg", ""}});
  SourceOptions options;
  options.max_file_bytes = 1000;
  const auto pictures = all_of(tar, options);
  ASSERT_EQ(pictures.size(), 3u);
  EXPECT_THAT(pictures[0].problem, HasSubstr("2000 bytes"));
  EXPECT_EQ(pictures[1].bytes, "y");
  EXPECT_EQ(pictures[2].problem, "the file is empty");
}

TEST_F(Sources, SeparatorsAreSniffed) {
  write("pictures/x.jpg", "A");
  for (const char separator : {',', '\t', ';'}) {
    std::string text = "title|filepath|label\n\"a, b; c\"|x.jpg|river\n";
    std::ranges::replace(text, '|', separator);
    write("list.csv", text);
    SourceOptions options;
    options.root = folder_ / "pictures";
    const auto pictures = all_of(folder_ / "list.csv", options);
    ASSERT_EQ(pictures.size(), 1u);
    EXPECT_EQ(pictures[0].id, "x.jpg");
    EXPECT_EQ(pictures[0].bytes, "A");
    EXPECT_EQ(pictures[0].beside.at("title"), "a, b; c");
    EXPECT_EQ(pictures[0].beside.at("label"), "river");
  }
}

TEST_F(Sources, PlainListsHaveOnePathALine) {
  write("x, y.jpg", "A");
  const auto list = write("list.txt", "x, y.jpg\r\nmissing.jpg\n");
  const auto pictures = all_of(list);
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[0].bytes, "A");
  EXPECT_EQ(pictures[1].problem, "no such file");
}

TEST_F(Sources, MissingColumnsAreNamedWithThoseFound) {
  const auto list = write("list.csv", "file,caption\na.jpg,x\n");
  EXPECT_THAT(message_of(list), HasSubstr("there are: file, caption"));
  SourceOptions options;
  options.path_column = "file";
  EXPECT_EQ(message_of(list, options), "");
  options.path_column = "img";
  EXPECT_THAT(message_of(list, options), HasSubstr("no column img"));
}

TEST_F(Sources, BrokenListsAreToldBeforeWorkBegins) {
  EXPECT_THAT(message_of(write("a.csv", "filepath,title\na.jpg,x\nb.jpg\n")), HasSubstr("a.csv:3"));
  EXPECT_THAT(message_of(write("b.csv", "filepath\n\"a.jpg\n")), HasSubstr("never closed"));
  EXPECT_THAT(message_of(write("c.csv", "filepath\n")), HasSubstr("no pictures"));
  EXPECT_NE(message_of(write("d.csv", "")), "");
}

TEST_F(Sources, ListsLeadIntoTars) {
  write_tar("shards/0.tar", {{"a.jpg", "A"}, {"b.jpg", "B"}, {"c.jpg", "C"}});
  const auto list = write("list.csv",
                          "filepath\nshards/0.tar/a.jpg\nshards/0.tar/c.jpg\nshards/0.tar/"
                          "b.jpg\nshards/0.tar/d.jpg\nshards/1.tar/a.jpg\n");
  const auto pictures = all_of(list);
  ASSERT_EQ(pictures.size(), 5u);
  EXPECT_EQ(pictures[0].bytes + pictures[1].bytes + pictures[2].bytes, "ACB");
  EXPECT_EQ(pictures[3].problem, "not in 0.tar");
  EXPECT_EQ(pictures[4].problem, "no such tar file");
}

// Each tar is looked through once: backwards, 20,000 look-ups from the front would read 200 million
// headers.
TEST_F(Sources, ListsIntoTarsMayBeInAnyOrder) {
  constexpr int kPictures = 20'000;
  Members members;
  std::string list = "filepath\n";
  for (int i = 0; i < kPictures; ++i) {
    members.emplace_back(std::to_string(i) + ".jpg", std::to_string(i));
    list += "t.tar/" + std::to_string(kPictures - 1 - i) + ".jpg\n";
  }
  write_tar("t.tar", members);
  const auto pictures = all_of(write("list.csv", list));
  ASSERT_EQ(pictures.size(), kPictures);
  for (int i = 0; i < kPictures; ++i)
    ASSERT_EQ(pictures[static_cast<std::size_t>(i)].bytes, std::to_string(kPictures - 1 - i));
}

TEST_F(Sources, AnIndexIsReadInAnyOrderByAnyThread) {
  write("one/a.jpg", "A");
  write("one/b.jpg", "B");
  const auto tar = write_tar("t.tar", {{"c.jpg", "C"}, {"c.txt", "c"}, {"d.jpg", "D"}});
  const auto list = write("list.csv", "filepath,label\n\"t.tar/d.jpg\",\"x\ny\"\none/a.jpg,z\n");
  const auto index = index_pictures({folder_ / "one", tar, list});
  ASSERT_EQ(index->size(), 6u);
  const std::string ids[] = {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "t.tar/d.jpg", "one/a.jpg"};
  const auto check = [&](std::uint64_t begin) {
    for (std::uint64_t i = 0; i < 600; ++i) {
      const std::uint64_t number = (begin + 5 * i) % 6;
      const SourcePicture picture = index->read(number);
      EXPECT_EQ(picture.id, ids[number]);
      EXPECT_EQ(index->id(number), ids[number]);
      EXPECT_EQ(picture.bytes, std::string(1, "ABCDDA"[number]));
    }
  };
  std::thread other(check, 3);
  check(0);
  other.join();
  EXPECT_EQ(index->read(2).beside.at("txt"), "c");
  EXPECT_EQ(index->read(4).beside.at("label"), "x\ny");
}

// GNU's and pax's tars put further headers before a member with a long name.
TEST_F(Sources, LongNamesOfTarsDoNotMoveThePlaces) {
  const fs::path corpus = fs::path(SKYGLOT_SOURCE_DIR) / "fuzz/corpus/tar";
  for (const char* name : {"long.tar", "pax.tar"}) {
    const auto index = index_pictures({corpus / name});
    EXPECT_GT(index->id(0).size(), 100u);
    EXPECT_EQ(index->read(0).bytes, "abc") << name;
  }
}

TEST_F(Sources, ATarThatChangedIsAnError) {
  const auto tar = write_tar("t.tar", {{"a.jpg", std::string(2000, 'A')}, {"b.jpg", "B"}});
  const auto index = index_pictures({tar});
  fs::resize_file(tar, 1000);
  EXPECT_THROW((void)index->read(0), Error);
  EXPECT_THROW((void)index->read(1), Error);
}

TEST_F(Sources, MasksBesideAPictureAreNoPictures) {
  const auto tar = write_tar("t.tar", {{"000.jpg", "A"},
                                       {"000.seg.png", "mask"},
                                       {"000.json", "{}"},
                                       {"001.seg.png", "mask"},
                                       {"001.jpg", "B"},
                                       {"002.2.jpg", "C"},
                                       {"002.jpg", "D"},
                                       {"003.rgb.png", "E"},
                                       {"003.txt", "words"}});
  const auto pictures = all_of(tar);
  ASSERT_THAT(ids_of(pictures),
              ElementsAre("000.jpg", "001.jpg", "002.2.jpg", "002.jpg", "003.rgb.png"));
  EXPECT_EQ(pictures[0].beside, (std::map<std::string, std::string>{{"json", "{}"}}));
  EXPECT_EQ(pictures[4].beside.at("txt"), "words");
}

TEST_F(Sources, WhatLiesBesideGoesByTheLongestName) {
  const auto tar = write_tar("t.tar", {{"s.1.jpg", "A"},
                                       {"s.1.txt", "one"},
                                       {"s.2.jpg", "B"},
                                       {"s.2.txt", "two"},
                                       {"s.cls", "7"},
                                       {"s.meta.json", "{}"}});
  const auto pictures = all_of(tar);
  ASSERT_THAT(ids_of(pictures), ElementsAre("s.1.jpg", "s.2.jpg"));
  using Beside = std::map<std::string, std::string>;
  EXPECT_EQ(pictures[0].beside, (Beside{{"txt", "one"}, {"cls", "7"}, {"meta.json", "{}"}}));
  EXPECT_EQ(pictures[1].beside, (Beside{{"txt", "two"}, {"cls", "7"}, {"meta.json", "{}"}}));
}

TEST_F(Sources, SeriesWithDotsInTheirNamesAreRead) {
  Members members;
  for (int i = 0; i < 700; ++i) {
    members.emplace_back(fmt::format("dam/scene.{:04}.jpg", i), std::to_string(i));
    if (i % 2 == 0) members.emplace_back(fmt::format("dam/scene.{:04}.txt", i), "text");
  }
  const auto pictures = all_of(write_tar("t.tar", members));
  ASSERT_EQ(pictures.size(), 700u);
  EXPECT_EQ(pictures[699].id, "dam/scene.0699.jpg");
  EXPECT_EQ(pictures[698].beside.at("txt"), "text");
  EXPECT_TRUE(pictures[699].beside.empty());
}

TEST_F(Sources, HiddenFoldersOfTarsAreLeftOut) {
  const auto tar = write_tar("t.tar", {{"Airport/.ipynb_checkpoints/a-checkpoint.jpg", "1"},
                                       {"Airport/._a.jpg", "2"},
                                       {"Airport/a.jpg", "3"},
                                       {"__MACOSX/Airport/._a.jpg", "4"},
                                       {".git/x.png", "5"}});
  EXPECT_THAT(ids_of(all_of(tar)), ElementsAre("Airport/a.jpg"));
}

TEST_F(Sources, NamesMayBeginAsCommentsDo) {
  write("#1.jpg", "A");
  write("a1.jpg", "B");
  const auto table = write("list.csv", "# our pictures\nfilepath,label\n#1.jpg,dam\na1.jpg,port\n");
  EXPECT_THAT(ids_of(all_of(table)), ElementsAre("#1.jpg", "a1.jpg"));
  const auto lines = write("list.txt", "# our pictures\n#1.jpg\na1.jpg\n");
  EXPECT_THAT(ids_of(all_of(lines)), ElementsAre("#1.jpg", "a1.jpg"));
  const auto marked = write("marked.txt", "\xEF\xBB\xBF#1.jpg\n");
  EXPECT_THAT(ids_of(all_of(marked)), ElementsAre("#1.jpg"));
}

// Data frames read these as "not available".
TEST_F(Sources, ClassesMayBeCalledAsNothingIs) {
  for (const char* name : {"None", "NA", "null", "nan"}) write(std::string(name) + "/a.jpg", "1");
  EXPECT_THAT(ids_of(all_of(folder_)),
              ElementsAre("NA/a.jpg", "None/a.jpg", "nan/a.jpg", "null/a.jpg"));
}

TEST_F(Sources, DataSetsOfOursAreReadByTheirShards) {
  const auto tar = write_tar("set/shards/000000.tar", {{"w1.jpg", "A"}, {"w1.txt", "t"}});
  const std::string bytes = std::to_string(fs::file_size(tar));
  write("set/dataset.json",
        R"({"shards": [{"name": "shards/000000.tar", "pairs": 1, "bytes": )" + bytes + "}]}");
  EXPECT_EQ(open_pictures({folder_ / "set"})->size(), 1u);
  EXPECT_EQ(all_of(folder_ / "set").at(0).beside.at("txt"), "t");
  write("set/dataset.json",
        R"({"shards": [{"name": "shards/000000.tar", "pairs": 1, "bytes": 5}]})");
  EXPECT_THAT(message_of(folder_ / "set"), HasSubstr("000000.tar"));
  write("set/dataset.json", R"({"shards": [{"name": "../x.tar", "pairs": 1, "bytes": 5}]})");
  EXPECT_THAT(message_of(folder_ / "set"), HasSubstr("outside"));
  write("set/dataset.json", "{");
  EXPECT_THAT(message_of(folder_ / "set"), HasSubstr("dataset.json"));
}

TEST_F(Sources, FoldersOfTarsAreRead) {
  write_tar("1.tar", {{"b.jpg", "B"}});
  write_tar("0.tar", {{"a.jpg", "A"}});
  EXPECT_THAT(ids_of(all_of(folder_)), ElementsAre("a.jpg", "b.jpg"));
}

TEST_F(Sources, NamesCanBeHadWithoutContents) {
  write("one/a.jpg", "A");
  const auto tar = write_tar("t.tar", {{"b.jpg", "B"}, {"b.json", "{}"}});
  const auto list = write("list.csv", "filepath,label\nmissing.jpg,x\n");
  SourceOptions options;
  options.contents = false;
  const auto pictures = all_of(*open_pictures({folder_ / "one", tar, list}, options));
  ASSERT_THAT(ids_of(pictures), ElementsAre("a.jpg", "b.jpg", "missing.jpg"));
  for (const auto& picture : pictures) EXPECT_EQ(picture.bytes + picture.problem, "");
  EXPECT_EQ(pictures[1].beside.at("json"), "{}");
  EXPECT_EQ(pictures[2].beside.at("label"), "x");
}

TEST_F(Sources, PicturesThatAreNotWantedArePassedOver) {
  write("one/a.jpg", "A");
  write("one/b.jpg", "B");
  const auto tar = write_tar("t.tar", {{"a.jpg", "A"}, {"b.jpg", "B"}, {"b.txt", "t"}});
  const auto list = write("list.csv", "filepath\none/a.jpg\none/b.jpg\n");
  std::vector<std::string> asked;
  SourceOptions options;
  options.wanted = [&](const std::string& id) {
    asked.push_back(id);
    return asked.size() % 2 == 0;
  };
  const auto pictures = all_of(*open_pictures({folder_ / "one", tar, list}, options));
  EXPECT_THAT(asked, ElementsAre("a.jpg", "b.jpg", "a.jpg", "b.jpg", "one/a.jpg", "one/b.jpg"));
  ASSERT_THAT(ids_of(pictures), ElementsAre("b.jpg", "b.jpg", "one/b.jpg"));
  for (const auto& picture : pictures) EXPECT_EQ(picture.bytes, "B");
}

TEST_F(Sources, SeveralInputsFollowOneAnother) {
  const auto tar = write_tar("t.tar", {{"b.jpg", "B"}});
  const auto file = write("one/a.jpg", "A");
  const auto source = open_pictures({file, tar, folder_ / "one"});
  EXPECT_THAT(ids_of(all_of(*source)), ElementsAre("a.jpg", "b.jpg", "a.jpg"));
}

TEST_F(Sources, WhatHoldsNoPicturesIsNamed) {
  EXPECT_THAT(message_of(folder_ / "absent"), HasSubstr("absent"));
  EXPECT_THAT(message_of(write("x.zip", "PK")), HasSubstr("x.zip"));
  EXPECT_THAT(message_of(write("scene.tif", "II*")), HasSubstr("skyglot build"));
  write("empty/a.tif", "II*");
  EXPECT_THAT(message_of(folder_ / "empty"), HasSubstr("1 .tif"));
  EXPECT_THROW((void)open_pictures({}), Error);
}

TEST_F(Sources, MutatedTarsNeverCrash) {
  const auto tar = write_tar("t.tar", {{"a.jpg", "AAAA"}, {"a.json", "{}"}, {"b.jpg", "BBBB"}});
  const std::string good = read_file(tar);
  RandomStream random(9, "tar");
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string bad = good;
    for (int k = 0; k < 2; ++k)
      bad[random.index(bad.size() - 1024)] = static_cast<char>(random.integer(0, 255));
    if (i % 6 == 0) bad.resize(random.index(bad.size()));
    write_file_atomically(tar, bad);
    refused += message_of(tar).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 50);
}

TEST_F(Sources, RealTarsAreReadWhole) {
  const fs::path data = testing_support::shared_data("");
  if (testing_support::shared_data("benchmark/nwpu12.tar").empty())
    GTEST_SKIP() << "the real data is not here";
  EXPECT_EQ(all_of(data / "benchmark/nwpu12.tar").size(), 240u);
  const auto captions = all_of(data / "benchmark/ucm-captions.tar");
  ASSERT_EQ(captions.size(), 210u);
  for (const auto& picture : captions) {
    EXPECT_THAT(picture.beside.at("json"), HasSubstr("captions"));
    EXPECT_GT(decode_picture(picture.bytes, picture.id).width, 100);
  }
}

}  // namespace
}  // namespace skyglot
