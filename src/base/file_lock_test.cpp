// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

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

TEST(FileLock, WaitersFollowOneAnother) {
  const auto path = std::filesystem::path(testing::TempDir()) / "waited" / "lock";
  std::filesystem::remove_all(path.parent_path());
  std::atomic<int> inside{0};
  std::atomic<bool> met{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 5; ++turn) {
        const FileLock lock(path, FileLock::Busy::wait);
        if (++inside != 1) met = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        --inside;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(met);
}

TEST(FileLock, AFileThatWasRemovedIsNoLongerTheLock) {
  const auto path = std::filesystem::path(testing::TempDir()) / "removed-lock";
  const FileLock first(path, FileLock::Busy::wait);
  std::filesystem::remove(path);
  EXPECT_NO_THROW(FileLock second(path));
}

}  // namespace
}  // namespace skyglot
