// SPDX-License-Identifier: Apache-2.0
#include "curate/similarity_filter.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/shard.hpp"
#include "records/dataset_info.hpp"
#include "records/pairs_table.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kPairs = 10;
constexpr double kTurn = 0.1;  // radians that each picture is away from its caption

// Picture k is of grey 20 k + 10; its vector is turned by k * kTurn from that of every caption.
class SimilarityFilters : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "shards");
    ShardWriter shard(folder_ / shard_name(0));
    std::vector<PairRecord> records;
    for (int k = 0; k < kPairs; ++k) {
      const std::string key = fmt::format("w{}", k);
      Picture picture{8, 8, 3,
                      std::vector<std::uint8_t>(8 * 8 * 3, static_cast<std::uint8_t>(20 * k + 10))};
      shard.add(key + ".jpg", encode_jpeg(picture, 95));
      PairRecord record;
      record.key = key;
      record.title = k % 2 == 0 ? "a barn" : "a road";
      record.title_multi_objects = record.title + " beside a river";
      record.shard = 0;
      records.push_back(record);
    }
    const auto summary = shard.commit();
    write_pairs(folder_, records);
    DatasetInfo info;
    info.fingerprint = "abc";
    info.pairs = kPairs;
    info.shards.push_back({shard_name(0), "train", kPairs, summary.bytes, summary.sha256});
    write_dataset_info(folder_, info);
    filter_.dataset = folder_;
    filter_.columns = 2;
    filter_.about = {{"model", "made for a test"}};
    filter_.keep = {50, 20};
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] PictureModel pictures() {
    PictureModel model;
    model.preparation.side = 8;
    model.encode = [this](std::span<const Picture> some) {
      Matrix rows(std::ssize(some), 2);
      for (std::int64_t i = 0; i < rows.rows; ++i) {
        const double k = std::round((some[static_cast<std::size_t>(i)].pixels[0] - 10) / 20.0);
        rows.row(i)[0] = static_cast<float>(std::cos(k * kTurn));
        rows.row(i)[1] = static_cast<float>(std::sin(k * kTurn));
      }
      embedded_ += some.size();
      return rows;
    };
    return model;
  }
  static TextModel texts() {
    TextModel model;
    model.encode = [](std::span<const std::string> some) {
      Matrix rows(std::ssize(some), 2);
      for (std::int64_t i = 0; i < rows.rows; ++i) rows.row(i)[0] = 1;
      return rows;
    };
    return model;
  }
  [[nodiscard]] std::string message() {
    try {
      (void)filter_by_similarity(filter_, pictures(), texts());
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "similarity-filter";
  SimilarityFilter filter_;
  std::size_t embedded_ = 0;
};

TEST_F(SimilarityFilters, KeepsTheMostSimilar) {
  const SimilaritySummary result = filter_by_similarity(filter_, pictures(), texts()).summary;
  EXPECT_EQ(result.pairs, 10U);
  EXPECT_EQ(result.unreadable, 0U);
  ASSERT_EQ(result.cuts.size(), 2U);
  EXPECT_EQ(result.cuts[0].list, "kept_20.csv");
  EXPECT_EQ(result.cuts[0].kept, 2U);
  EXPECT_NEAR(result.cuts[0].least, std::cos(kTurn), 1e-3);
  EXPECT_NEAR(result.cuts[1].least, std::cos(4 * kTurn), 1e-3);
  std::vector<double> said;
  read_pairs_gpkg(folder_ / "pairs.gpkg",
                  [&](PairRecord&& record) { said.push_back(record.similarity.value_or(-9)); });
  ASSERT_EQ(said.size(), 10U);
  for (int k = 0; k < kPairs; ++k)
    EXPECT_NEAR(said[static_cast<std::size_t>(k)], std::cos(k * kTurn), 1e-3) << k;
  const std::string kept = read_file(folder_ / "kept_20.csv");
  EXPECT_THAT(kept, HasSubstr("w0.jpg"));
  EXPECT_THAT(kept, HasSubstr("w1.jpg"));
  EXPECT_THAT(kept, testing::Not(HasSubstr("w2.jpg")));
  const auto read = read_similarity_summary(folder_);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->cuts.size(), 2U);
  EXPECT_EQ(read->by, "title");
}

TEST_F(SimilarityFilters, ASecondRunEmbedsNothing) {
  (void)filter_by_similarity(filter_, pictures(), texts());
  const std::string before = read_file(folder_ / "pairs.csv");
  embedded_ = 0;
  filter_.keep = {10};
  EXPECT_EQ(filter_by_similarity(filter_, pictures(), texts()).resumed, 10U);
  EXPECT_EQ(embedded_, 0U);
  EXPECT_EQ(read_file(folder_ / "pairs.csv"), before);
  filter_.about = {{"model", "another"}};
  (void)filter_by_similarity(filter_, pictures(), texts());
  EXPECT_EQ(embedded_, 10U) << "vectors of another model are not those";
}

TEST_F(SimilarityFilters, NamesWhatIsWrong) {
  filter_.keep = {0, 120};
  EXPECT_THAT(message(), AllOf(HasSubstr("0 (above 0"), HasSubstr("120")));
  filter_.keep = {50};
  fs::remove(folder_ / "pairs.csv");
  EXPECT_THAT(message(), HasSubstr("pairs.csv is missing"));
  write_pairs(folder_, {});
  EXPECT_THAT(message(), HasSubstr("no pairs"));
}

TEST(KeptListName, IsShort) {
  EXPECT_EQ(kept_list_name(20), "kept_20.csv");
  EXPECT_EQ(kept_list_name(12.5), "kept_12.5.csv");
}

}  // namespace
}  // namespace skyglot
