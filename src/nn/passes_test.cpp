// SPDX-License-Identifier: Apache-2.0
#include "nn/passes.hpp"

#include "base/error.hpp"
#include "nn/compute.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <mutex>
#include <set>
#include <utility>

namespace skyglot {
namespace {

using Runs = std::set<std::pair<std::int64_t, std::int64_t>>;

Runs runs_of(std::int64_t items, std::int64_t at_once, bool on_cpu) {
  Runs runs;
  std::mutex mutex;
  run_passes(items, at_once, on_cpu, [&](std::int64_t first, std::int64_t count) {
    EXPECT_FALSE(torch::GradMode::is_enabled());
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(runs.emplace(first, count).second) << "run " << first << " went twice";
  });
  return runs;
}

TEST(Passes, AreCutFromTheStartWhateverTheThreads) {
  for (const int threads : {1, 2, 5}) {
    prepare_compute({Device::cpu, Precision::fp32, threads});
    EXPECT_EQ(runs_of(10, 4, true), (Runs{{0, 4}, {4, 4}, {8, 2}})) << threads;
    EXPECT_EQ(runs_of(1, 4, true), (Runs{{0, 1}})) << threads;
    EXPECT_EQ(runs_of(0, 4, true), Runs{}) << threads;
  }
  EXPECT_EQ(runs_of(10, 4, false), (Runs{{0, 4}, {4, 4}, {8, 2}}));
}

TEST(Passes, GradientsComeBackAfterwards) {
  static_cast<void>(runs_of(3, 1, true));
  EXPECT_TRUE(torch::GradMode::is_enabled());
}

TEST(Passes, AnErrorOfOneReachesTheCaller) {
  prepare_compute({Device::cpu, Precision::fp32, 2});
  EXPECT_THROW(run_passes(8, 1, true,
                          [](std::int64_t first, std::int64_t) {
                            if (first == 5) fail(ErrorKind::input, "five");
                          }),
               Error);
}

}  // namespace
}  // namespace skyglot
