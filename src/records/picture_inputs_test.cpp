// SPDX-License-Identifier: Apache-2.0
#include "records/picture_inputs.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "pictures/shard.hpp"
#include "records/dataset_info.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class PictureInputs : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(set_ / "shards");
    for (const std::string key : {"w1", "w2"}) {
      const std::string name = shard_name(key == "w1" ? 0 : 1);
      ShardWriter writer(set_ / name);
      writer.add(key + ".jpg", "picture " + key);
      writer.add(key + ".txt", "words of " + key);
      const auto summary = writer.commit();
      info_.shards.push_back({name, "train", 1, summary.bytes, summary.sha256});
      ++info_.pairs;
    }
    write_dataset_info(set_, info_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::vector<SourcePicture> all_of(PictureSource& source) {
    std::vector<SourcePicture> pictures;
    while (auto picture = source.next()) pictures.push_back(std::move(*picture));
    return pictures;
  }

  [[nodiscard]] std::string message() const {
    try {
      (void)open_picture_inputs({set_});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "picture-inputs";
  fs::path set_ = folder_ / "set";
  DatasetInfo info_;
};

TEST_F(PictureInputs, DataSetsAreReadByTheirShards) {
  const auto source = open_picture_inputs({set_});
  EXPECT_EQ(source->size(), 2u);
  const auto pictures = all_of(*source);
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[1].id, "w2.jpg");
  EXPECT_EQ(pictures[1].bytes, "picture w2");
  EXPECT_EQ(pictures[1].beside.at("txt"), "words of w2");
}

TEST_F(PictureInputs, DataSetsFollowOtherPictures) {
  fs::create_directories(folder_ / "more");
  write_file_atomically(folder_ / "more" / "a.jpg", "A");
  std::vector<std::string> ids;
  for (const auto& picture : all_of(*open_picture_inputs({folder_ / "more", set_})))
    ids.push_back(picture.id);
  EXPECT_THAT(ids, ElementsAre("a.jpg", "w1.jpg", "w2.jpg"));
  EXPECT_THROW((void)open_picture_inputs({}), Error);
}

TEST_F(PictureInputs, ShardsMustBeThoseThatTheSetNames) {
  info_.shards[1].bytes += 512;
  write_dataset_info(set_, info_);
  EXPECT_THAT(message(), HasSubstr("000001.tar"));
  fs::remove(set_ / shard_name(1));
  EXPECT_THAT(message(), HasSubstr("000001.tar: dataset.json names it"));
  info_.shards.clear();
  write_dataset_info(set_, info_);
  EXPECT_THAT(message(), HasSubstr("no shards"));
  write_file_atomically(set_ / "dataset.json", "{");
  EXPECT_THAT(message(), HasSubstr("dataset.json: damaged"));
}

TEST_F(PictureInputs, PatchesInsteadOfPicturesAreNamed) {
  info_.recipe = {{"write", {{"patch", "beside"}}}};
  write_dataset_info(set_, info_);
  EXPECT_EQ(open_picture_inputs({set_})->size(), 2u);
  info_.recipe["write"]["patch"] = "instead";
  write_dataset_info(set_, info_);
  EXPECT_THAT(message(), HasSubstr("--patch beside"));
  info_.recipe["write"]["patch"] = "sideways";
  write_dataset_info(set_, info_);
  EXPECT_THAT(message(), HasSubstr("\"sideways\""));
}

TEST_F(PictureInputs, AListThatIsCalledDatasetJsonMakesNoDataSet) {
  fs::remove_all(set_ / "shards");
  write_file_atomically(set_ / "dataset.json", "[]");
  write_file_atomically(set_ / "a.jpg", "A");
  EXPECT_EQ(all_of(*open_picture_inputs({set_})).size(), 1u);
}

}  // namespace
}  // namespace skyglot
