// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  [[nodiscard]] long entries() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }
  fs::path folder_;
};

TEST_F(AtomicFileTest, NothingIsVisibleBeforeCommit) {
  AtomicFile file(folder_ / "a.txt");
  file.write("half");
  EXPECT_FALSE(fs::exists(folder_ / "a.txt"));
  file.commit();
  EXPECT_EQ(read_file(folder_ / "a.txt"), "half");
}

TEST_F(AtomicFileTest, AbandonedFileLeavesNoTrace) {
  { AtomicFile(folder_ / "a.txt").write("gone"); }
  EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFileTest, CommitReplacesTheOldFile) {
  write_file_atomically(folder_ / "a.txt", "old");
  write_file_atomically(folder_ / "a.txt", "new");
  EXPECT_EQ(read_file(folder_ / "a.txt"), "new");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFileTest, MissingFolderIsNamed) {
  try {
    AtomicFile file(folder_ / "no" / "a.txt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_NE(std::string(error.what()).find("no/a.txt"), std::string::npos);
  }
}

TEST_F(AtomicFileTest, FileInPlaceOfFolderIsNamed) {
  write_file_atomically(folder_ / "a", "x");
  EXPECT_THROW(make_folder(folder_ / "a"), Error);
}

TEST_F(AtomicFileTest, OrphansAreRemoved) {
  write_file_atomically(folder_ / "keep.txt", "x");
  write_file_atomically(folder_ / ".a.txt.skyglot-host-1-0.tmp", "x");
  EXPECT_EQ(remove_orphans(folder_), 1);
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFileTest, ReadingPastTheLimitIsRefused) {
  write_file_atomically(folder_ / "a.txt", "12345");
  EXPECT_THROW((void)read_file(folder_ / "a.txt", 4), Error);
}

}  // namespace
}  // namespace skyglot
