// SPDX-License-Identifier: Apache-2.0
// The pipeline for a sink that has threads of its own: it stays in the calling thread.
#pragma once

#include "base/pipeline.hpp"

#include <tbb/concurrent_queue.h>

#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

namespace skyglot {

/// run_pipeline(), but `sink` is called in the calling thread, while source and work run ahead of
/// it by at most twice limits.in_flight items. Libraries that keep a pool for each calling thread
/// (OpenMP) then keep one.
template <typename Source, typename Work, typename Sink>
void run_pipeline_ahead(const PipelineLimits& limits, Source source, Work work, Sink sink) {
  using Item = typename std::invoke_result_t<Source>::value_type;
  using Result = std::invoke_result_t<Work, Item>;
  tbb::concurrent_bounded_queue<std::optional<Result>> queue;  // nothing: the end
  queue.set_capacity(static_cast<std::ptrdiff_t>(limits.in_flight));
  std::atomic<bool> stopped{false};
  std::exception_ptr problem;
  std::jthread producer([&] {
    try {
      run_pipeline(
          limits, [&]() -> std::optional<Item> { return stopped ? std::nullopt : source(); }, work,
          [&](Result result) { queue.emplace(std::move(result)); });
    } catch (...) {
      problem = std::current_exception();
    }
    queue.emplace(std::nullopt);
  });
  std::optional<Result> result;
  try {
    for (queue.pop(result); result; queue.pop(result)) sink(std::move(*result));
  } catch (...) {
    stopped = true;  // and what is under way must find room in the queue
    while (result) queue.pop(result);
    throw;
  }
  producer.join();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace skyglot
