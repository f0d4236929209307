// SPDX-License-Identifier: Apache-2.0
#include "nn/passes.hpp"

#include "base/error.hpp"
#include "nn/threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <utility>

namespace skyglot {
namespace {

using Runs = std::set<std::pair<std::int64_t, std::int64_t>>;

Runs runs_of(std::int64_t items, std::int64_t at_once, bool on_cpu, int threads) {
  const ComputeThreads scope(threads);
  Runs runs;
  std::mutex mutex;
  run_passes(items, at_once, on_cpu, [&](std::int64_t first, std::int64_t count) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(runs.emplace(first, count).second) << "run " << first << " went twice";
  });
  return runs;
}

TEST(Passes, GiveEveryThreadAsManyItems) {
  EXPECT_EQ(runs_of(10, 4, true, 1), (Runs{{0, 4}, {4, 4}, {8, 2}}));
  EXPECT_EQ(runs_of(10, 4, true, 2), (Runs{{0, 2}, {2, 3}, {5, 2}, {7, 3}}));
  EXPECT_EQ(runs_of(8, 4, true, 2), (Runs{{0, 4}, {4, 4}}));
  EXPECT_EQ(runs_of(9, 4, true, 2), (Runs{{0, 4}, {4, 4}, {8, 1}}));
  EXPECT_EQ(runs_of(3, 4, true, 5), (Runs{{0, 3}})) << "shared by all threads";
  EXPECT_EQ(runs_of(0, 4, true, 2), Runs{});
  EXPECT_EQ(runs_of(10, 4, false, 2), (Runs{{0, 4}, {4, 4}, {8, 2}})) << "one after another";
}

TEST(Passes, OneByItselfHasAllThreads) {
  const ComputeThreads scope(2);
  std::mutex mutex;
  std::multiset<int> threads;
  run_passes(3, 1, true, [&](std::int64_t, std::int64_t) {
    const std::lock_guard lock(mutex);
    threads.insert(compute_threads());
  });
  EXPECT_THAT(threads, testing::ElementsAre(1, 1, 2));
}

TEST(Passes, AnErrorOfOneReachesTheCaller) {
  const ComputeThreads scope(2);
  EXPECT_THROW(run_passes(8, 1, true,
                          [](std::int64_t first, std::int64_t) {
                            if (first == 5) fail(ErrorKind::input, "five");
                          }),
               Error);
}

TEST(OnAllThreads, EveryIndexOnce) {
  for (const int count : {1, 2, 9}) {
    const ComputeThreads scope(count);
    std::mutex mutex;
    std::multiset<std::int64_t> seen;
    on_all_threads([&](std::int64_t index, std::int64_t all) {
      const std::lock_guard lock(mutex);
      EXPECT_EQ(all, count);
      seen.insert(index);
    });
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(*seen.rbegin(), count - 1);
  }
}

}  // namespace
}  // namespace skyglot
