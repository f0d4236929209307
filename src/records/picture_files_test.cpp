// SPDX-License-Identifier: Apache-2.0
#include "records/picture_files.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "pictures/shard.hpp"
#include "pictures/source.hpp"
#include "records/dataset_info.hpp"
#include "records/pairs_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
namespace fs = std::filesystem;

class PictureFiles : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "shards");
    std::vector<PairRecord> records;
    DatasetInfo info;
    for (int i = 0; i < 2; ++i) {
      ShardWriter writer(folder_ / shard_name(i));
      PairRecord record;
      record.key = "n" + std::to_string(i) + "_AE_21";
      record.title = i == 0 ? "a \"quoted\", rare caption" : "a\ttab";
      record.title_multi_objects = "more of it";
      record.shard = i;
      writer.add(record.key + ".jpg", "picture " + std::to_string(i));
      writer.add(record.key + ".txt", record.title);
      const auto summary = writer.commit();
      info.shards.push_back({shard_name(i), "train", 1, summary.bytes, summary.sha256});
      ++info.pairs;
      records.push_back(record);
    }
    PairRecord skipped;
    skipped.key = "n9";
    skipped.skip_reason = "nodata";
    records.push_back(skipped);
    write_pairs(folder_, records);
    write_dataset_info(folder_, info);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::vector<std::vector<std::string>> table() const {
    const std::string text = read_file(folder_ / "pictures.tsv");
    CsvReader reader(text, "pictures.tsv", '\t');
    std::vector<std::vector<std::string>> rows;
    for (std::vector<std::string> row; reader.next_row(row);) rows.push_back(row);
    return rows;
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "picture-files";
};

TEST_F(PictureFiles, EveryPictureIsAFileWithARow) {
  EXPECT_EQ(write_picture_files(folder_), 2u);
  EXPECT_EQ(read_file(folder_ / "pictures/000001/n1_AE_21.jpg"), "picture 1");
  EXPECT_THAT(table(),
              ElementsAre(ElementsAre("filepath", "title", "title_multi_objects"),
                          ElementsAre("pictures/000000/n0_AE_21.jpg", "a \"quoted\", rare caption",
                                      "more of it"),
                          ElementsAre("pictures/000001/n1_AE_21.jpg", "a\ttab", "more of it")));
  const auto source = open_pictures({folder_ / "pictures.tsv"});
  EXPECT_EQ(source->next()->bytes, "picture 0");
  EXPECT_EQ(source->next()->beside.at("title"), "a\ttab");
}

TEST_F(PictureFiles, ARunThatWasKilledIsGoneOnWith) {
  fs::create_directories(folder_ / "pictures/.000000.skyglot-host-1-0.tmp");
  write_file_atomically(folder_ / "pictures/.000000.skyglot-host-1-0.tmp/half.jpg", "");
  EXPECT_EQ(write_picture_files(folder_), 2u);
  fs::remove_all(folder_ / "pictures/000001");
  EXPECT_EQ(write_picture_files(folder_), 2u);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_ / "pictures"))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("000000", "000001"));
}

TEST_F(PictureFiles, PatchesInsteadOfPicturesAreNone) {
  DatasetInfo info = read_dataset_info(folder_);
  info.recipe = {{"write", {{"patch", "instead"}}}};
  write_dataset_info(folder_, info);
  EXPECT_THROW((void)write_picture_files(folder_), Error);
  EXPECT_FALSE(fs::exists(folder_ / "pictures"));
}

TEST_F(PictureFiles, AShardThatIsGoneIsAnError) {
  fs::remove(folder_ / shard_name(1));
  EXPECT_THROW((void)write_picture_files(folder_), Error);
  EXPECT_FALSE(fs::exists(folder_ / "pictures.tsv"));
  EXPECT_FALSE(fs::exists(folder_ / "pictures/000001"));
}

}  // namespace
}  // namespace skyglot
