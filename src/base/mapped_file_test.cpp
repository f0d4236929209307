// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

fs::path file_with(const std::string& bytes) {
  const fs::path path =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  write_file_atomically(path, bytes);
  return path;
}

TEST(MappedFileTest, HoldsTheBytesAfterTheFileIsGone) {
  const fs::path path = file_with("weights");
  const MappedFile mapped(path);
  fs::remove(path);
  ASSERT_EQ(mapped.bytes().size(), 7U);
  EXPECT_EQ(static_cast<char>(mapped.bytes()[6]), 's');
}

TEST(MappedFileTest, TakesAnEmptyFile) {
  EXPECT_TRUE(MappedFile(file_with("")).bytes().empty());
}

TEST(MappedFileTest, NamesWhatItCannotRead) {
  EXPECT_THROW(MappedFile("/nowhere/at-all"), Error);
  EXPECT_THROW(MappedFile{testing::TempDir()}, Error);
}

}  // namespace
}  // namespace skyglot
