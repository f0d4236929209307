// SPDX-License-Identifier: Apache-2.0
#include "base/pipeline_ahead.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace skyglot {
namespace {

auto numbers(int count) {
  return [count, next = 0]() mutable -> std::optional<int> {
    return next < count ? std::optional(next++) : std::nullopt;
  };
}

int doubled(int value) {
  return 2 * value;
}

TEST(PipelineAhead, SinkStaysInTheCallingThreadAndInOrder) {
  for (const int threads : {1, 3}) {
    std::vector<int> results;
    const auto here = std::this_thread::get_id();
    run_pipeline_ahead({.threads = threads, .in_flight = 4}, numbers(500), doubled, [&](int value) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      results.push_back(value);
    });
    ASSERT_EQ(results.size(), 500U);
    for (int i = 0; i < 500; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)], 2 * i);
  }
}

TEST(PipelineAhead, ExceptionsOfAnyStageComeOut) {
  const PipelineLimits limits{.threads = 2, .in_flight = 2};
  const auto bad_source = []() -> std::optional<int> { throw std::runtime_error("source"); };
  const auto bad_work = [](int value) -> int {
    if (value == 70) throw std::runtime_error("work");
    return value;
  };
  const auto ignore = [](int) {};
  EXPECT_THROW(run_pipeline_ahead(limits, bad_source, doubled, ignore), std::runtime_error);
  EXPECT_THROW(run_pipeline_ahead(limits, numbers(100), bad_work, ignore), std::runtime_error);
  const auto bad_sink = [](int value) {
    if (value == 20) throw std::runtime_error("sink");
  };
  EXPECT_THROW(run_pipeline_ahead(limits, numbers(100000), doubled, bad_sink), std::runtime_error);
}

TEST(PipelineAhead, WhatWasDoneBeforeAFailureIsDelivered) {
  std::vector<int> results;
  int next = 0;
  const auto source = [&]() -> std::optional<int> {
    if (next == 10) throw std::runtime_error("end");
    return next++;
  };
  EXPECT_THROW(run_pipeline_ahead({.threads = 1, .in_flight = 1}, source, doubled,
                                  [&](int value) { results.push_back(value); }),
               std::runtime_error);
  EXPECT_EQ(results.size(), 10U);
}

}  // namespace
}  // namespace skyglot
