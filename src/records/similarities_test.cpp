// SPDX-License-Identifier: Apache-2.0
#include "records/similarities.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "records/pairs_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Similarities : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    make_folder(folder_);
    PairRecord skipped;
    skipped.key = "n9";
    skipped.skip_reason = "too_small";
    write_pairs(folder_, {pair("a1", "a barn"), skipped, pair("a2", "a \"red\" barn, old")});
  }
  void TearDown() override { fs::remove_all(folder_); }

  static PairRecord pair(const std::string& key, const std::string& title) {
    PairRecord record;
    record.key = key;
    record.title = title;
    record.title_multi_objects = title + " beside a road";
    record.shard = 0;
    record.centre_lonlat = {10, 50};
    return record;
  }

  [[nodiscard]] std::string message(std::size_t pairs) const {
    try {
      write_similarities(folder_, std::vector<PairSimilarity>(pairs), {});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "similarities";
};

TEST_F(Similarities, StandInBothTablesAndTheLists) {
  write_similarities(folder_, {{0.25F, 0.5F}, {-0.125F, 0.75F}}, {{"kept_50.csv", {true, false}}});
  EXPECT_EQ(read_file(folder_ / "pairs.csv"),
            "filepath,title,title_multi_objects,similarity,similarity_multi_objects\n"
            "shards/000000.tar/a1.jpg,a barn,a barn beside a road,0.25,0.5\n"
            "shards/000000.tar/a2.jpg,\"a \"\"red\"\" barn, old\","
            "\"a \"\"red\"\" barn, old beside a road\",-0.125,0.75\n");
  EXPECT_EQ(read_file(folder_ / "kept_50.csv"),
            "filepath,title,title_multi_objects,similarity,similarity_multi_objects\n"
            "shards/000000.tar/a1.jpg,a barn,a barn beside a road,0.25,0.5\n");
  std::vector<std::optional<double>> read;
  read_pairs_gpkg(folder_ / "pairs.gpkg",
                  [&](PairRecord&& record) { read.push_back(record.similarity); });
  EXPECT_THAT(read, ElementsAre(0.25, std::nullopt, -0.125));
}

TEST_F(Similarities, CanBeWrittenAgain) {
  write_similarities(folder_, {{0.1F, 0.2F}, {0.3F, 0.4F}}, {});
  const std::string once = read_file(folder_ / "pairs.csv");
  write_similarities(folder_, std::vector<PairSimilarity>(2), {});
  EXPECT_THAT(read_file(folder_ / "pairs.csv"), HasSubstr("a barn beside a road,,\n"));
  write_similarities(folder_, {{0.1F, 0.2F}, {0.3F, 0.4F}}, {});
  EXPECT_EQ(read_file(folder_ / "pairs.csv"), once);
}

TEST_F(Similarities, RowsAreReadBeforeAndAfter) {
  const auto files = [&] {
    std::vector<std::string> names;
    read_caption_rows(folder_,
                      [&](CaptionRow&& row) { names.push_back(row.file + ": " + row.title); });
    return names;
  };
  const std::vector<std::string> before = files();
  EXPECT_THAT(before, ElementsAre("shards/000000.tar/a1.jpg: a barn",
                                  "shards/000000.tar/a2.jpg: a \"red\" barn, old"));
  write_similarities(folder_, std::vector<PairSimilarity>(2), {});
  EXPECT_EQ(files(), before);
}

TEST_F(Similarities, AnotherNumberOfPairsChangesNothing) {
  const std::string before = read_file(folder_ / "pairs.csv");
  EXPECT_THAT(message(1), HasSubstr("2 pairs where 1"));
  EXPECT_THAT(message(3), HasSubstr("2 pairs where 3"));
  EXPECT_EQ(read_file(folder_ / "pairs.csv"), before);
  write_file_atomically(folder_ / "pairs.csv", "path,words\n");
  EXPECT_THROW(read_caption_rows(folder_, [](CaptionRow&&) {}), Error);
}

}  // namespace
}  // namespace skyglot
