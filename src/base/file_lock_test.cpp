// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(FileLock, SecondHolderIsRefusedUntilTheFirstIsGone) {
  const auto path = std::filesystem::path(testing::TempDir()) / "lock";
  {
    const FileLock first(path);
    EXPECT_THROW(FileLock second(path), Error);
  }
  EXPECT_NO_THROW(FileLock third(path));
}

}  // namespace
}  // namespace skyglot
