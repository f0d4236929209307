// SPDX-License-Identifier: Apache-2.0
#include "base/manifest.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class ManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove(path_);
    Manifest manifest(path_);
    manifest.append({{"shard", 0}});
    manifest.append({{"shard", 1}});
  }
  fs::path path_;
};

TEST_F(ManifestTest, ReadsWhatWasAppended) {
  const auto records = read_manifest(path_);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].at("shard"), 1);
}

TEST_F(ManifestTest, TornLastLineIsForgottenAndCutOff) {
  for (const auto cut : {1U, 5U, 20U}) {
    fs::resize_file(path_, fs::file_size(path_) - cut);
    EXPECT_EQ(read_manifest(path_).size(), 1U);
    Manifest(path_).append({{"shard", 2}});
    EXPECT_EQ(read_manifest(path_).size(), 2U);
  }
}

TEST_F(ManifestTest, DamagedEarlierLineIsAnError) {
  std::string text = read_file(path_);
  text[20] = static_cast<char>(text[20] ^ 1);
  write_file_atomically(path_, text);
  EXPECT_THROW((void)read_manifest(path_), Error);
}

TEST(Manifest, NoFileIsNoRecords) {
  EXPECT_TRUE(read_manifest("/nonexistent/x").empty());
}

}  // namespace
}  // namespace skyglot
