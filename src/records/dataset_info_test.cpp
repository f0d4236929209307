// SPDX-License-Identifier: Apache-2.0
#include "records/dataset_info.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

DatasetInfo small_info() {
  return {.skyglot_version = "0.1.0",
          .fingerprint = "f00d",
          .recipe = {{"cells", 4}, {"split", {{"val", 0.5}}}},
          .objects = {{"input", "town.osm"}},
          .collections = {{"AE", "Aerial", "CC0", "", "aerial"}},
          .scenes = 3,
          .cells_with_imagery = 12,
          .cells_drawn = 10,
          .rare_tags_targeted = 2,
          .objects_selected = 10,
          .objects_matched = 9,
          .pairs = 8,
          .skipped = {{"nodata", 1}, {"too_small", 1}},
          .splits = {{"train", 5, "shards/{000000..000000}.tar"},
                     {"val", 2, "shards/{000001..000001}.tar"},
                     {"test", 1, "shards/{000002..000002}.tar"}},
          .shards = {{"shards/000000.tar", "train", 5, 500, "aa"},
                     {"shards/000001.tar", "val", 2, 200, "bb"},
                     {"shards/000002.tar", "test", 1, 100, "cc"}}};
}

std::string damage_of(const std::string& text) {
  try {
    (void)parse_dataset_info(text, "the file");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    return error.what();
  }
  return "";
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(DatasetInfo, TextIsLossless) {
  const std::string text = dataset_info_text(small_info());
  const DatasetInfo back = parse_dataset_info(text, "the file");
  EXPECT_EQ(dataset_info_text(back), text);
  EXPECT_EQ(back.bytes(), 800u);
  EXPECT_EQ(back.skipped_total(), 2u);
  std::vector<std::string> names;
  for (const SplitInfo& split : back.splits) names.push_back(split.name);
  EXPECT_THAT(names, ElementsAre("train", "val", "test"));
  EXPECT_EQ(back.splits.at(2).pairs, 1u);
}

TEST(DatasetInfo, AnEmptySetIsLosslessToo) {
  const std::string text = dataset_info_text({});
  EXPECT_THAT(text, HasSubstr("\"splits\": {}"));
  EXPECT_EQ(dataset_info_text(parse_dataset_info(text, "the file")), text);
}

TEST(DatasetInfo, DamageIsNamed) {
  const std::string good = dataset_info_text(small_info());
  ASSERT_EQ(damage_of(good), "");
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), good.substr(0, good.size() / 2),
        with(good, "\"pairs\": 8", "\"pairs\": \"8\""), with(good, "\"counts\"", "\"count\""),
        with(good, "\"format\": \"skyglot", "\"format\": \"other"), std::string(100'000, '[')}) {
    EXPECT_THAT(damage_of(text), HasSubstr("the file: ")) << text.substr(0, 200);
    EXPECT_THAT(damage_of(text), HasSubstr("--overwrite")) << text.substr(0, 200);
  }
  EXPECT_THAT(damage_of(with(good, "\"pairs\": 8", "\"pairs\": -8")), HasSubstr("-8"));
  EXPECT_THAT(damage_of(with(good, "\"schema\": 1", "\"schema\": 7")), HasSubstr("schema 7"));
}

TEST(DatasetInfo, ShardsLieInTheFolder) {
  const std::string good = dataset_info_text(small_info());
  for (const char* name : {"../x.tar", "shards/../../x.tar", "/etc/x.tar", ""})
    EXPECT_THAT(damage_of(with(good, "shards/000001.tar", name)), HasSubstr("outside")) << name;
}

TEST(DatasetInfo, TheFingerprintTellsOurFilesFromOthers) {
  const fs::path folder = fs::path(testing::TempDir()) / "dataset-fingerprint";
  fs::remove_all(folder);
  fs::create_directories(folder);
  EXPECT_EQ(dataset_fingerprint(folder), std::nullopt);
  write_file_atomically(folder / "dataset.json", R"({"fingerprint": "f00d"})");
  EXPECT_EQ(dataset_fingerprint(folder), std::nullopt);
  write_file_atomically(folder / "dataset.json", "{");
  EXPECT_EQ(dataset_fingerprint(folder), std::nullopt);
  write_file_atomically(folder / "dataset.json", R"({"format": "skyglot data set"})");
  EXPECT_EQ(dataset_fingerprint(folder), "");
  write_dataset_info(folder, small_info());
  EXPECT_EQ(dataset_fingerprint(folder), "f00d");
  EXPECT_EQ(dataset_info_text(read_dataset_info(folder)), dataset_info_text(small_info()));
}

}  // namespace
}  // namespace skyglot
