// SPDX-License-Identifier: Apache-2.0
#include "base/pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace skyglot {
namespace {

std::vector<int> squares(int count, const PipelineLimits& limits) {
  std::vector<int> results;
  int next = 0;
  run_pipeline(
      limits,
      [&]() -> std::optional<int> { return next < count ? std::optional(next++) : std::nullopt; },
      [](int value) { return value * value; }, [&](int value) { results.push_back(value); });
  return results;
}

TEST(Pipeline, ResultsComeInTheOrderOfTheSource) {
  const auto one = squares(1000, {.threads = 1, .in_flight = 4});
  ASSERT_EQ(one.size(), 1000U);
  EXPECT_EQ(one[31], 961);
  EXPECT_EQ(one, squares(1000, {.threads = 4, .in_flight = 16}));
}

TEST(Pipeline, NeverHoldsMoreThanTheLimit) {
  std::atomic<int> in_flight{0};
  int most = 0;
  int next = 0;
  run_pipeline(
      {.threads = 4, .in_flight = 3},
      [&]() -> std::optional<int> {
        if (next == 200) return std::nullopt;
        most = std::max(most, ++in_flight);
        return next++;
      },
      [](int value) { return value; }, [&](int) { --in_flight; });
  EXPECT_LE(most, 3);
}

TEST(Pipeline, FirstErrorEndsTheRun) {
  int next = 0;
  EXPECT_THROW(run_pipeline(
                   {.threads = 2, .in_flight = 4}, [&]() -> std::optional<int> { return next++; },
                   [](int value) {
                     if (value == 10) fail(ErrorKind::input, "bad item {}", value);
                     return value;
                   },
                   [](int) {}),
               Error);
  EXPECT_LT(next, 100);
}

TEST(Pipeline, AnErrorLeaksNoItem) {
  std::atomic<int> alive{0};
  const auto tracked = [&alive] {
    ++alive;
    return std::shared_ptr<int>(new int(0), [&alive](const int* value) {
      --alive;
      delete value;
    });
  };
  // The first item is slow, so others wait behind it when its delivery fails.
  std::atomic<bool> first{true};
  const auto work = [&first](std::shared_ptr<int> item) {
    if (first.exchange(false)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return item;
  };
  const auto sink = [](const std::shared_ptr<int>&) { fail(ErrorKind::io, "the disk is full"); };
  EXPECT_THROW(run_pipeline(
                   {.threads = 4, .in_flight = 16},
                   [&]() -> std::optional<std::shared_ptr<int>> { return tracked(); }, work, sink),
               Error);
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace skyglot
