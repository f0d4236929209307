// SPDX-License-Identifier: Apache-2.0
// Bounded work in parallel with the results in order.
#pragma once

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace skyglot {

/// How much may happen at once. Results never depend on it.
struct PipelineLimits {
  int threads = 1;             ///< at least 1
  std::size_t in_flight = 16;  ///< items between source and sink, which bounds the memory
};

/// Threads to use for `requested`; 0 means as many as the machine has processors.
[[nodiscard]] inline int thread_count(int requested) {
  return requested > 0 ? requested : tbb::this_task_arena::max_concurrency();
}

/// Draws items from `source` (returns std::optional, empty at the end), transforms them with `work`
/// in parallel, and hands the results to `sink` in the order of the source. Source and sink are
/// never entered twice at a time. The first exception of any stage ends the run and is rethrown; a
/// signal ends it with Interrupted.
template <typename Source, typename Work, typename Sink>
void run_pipeline(const PipelineLimits& limits, Source source, Work work, Sink sink) {
  using Item = typename std::invoke_result_t<Source>::value_type;
  using Result = std::invoke_result_t<Work, Item>;
  // TBB moves tokens by copy, so items travel in owned boxes.
  const auto draw = [&](tbb::flow_control& control) -> Item* {
    check_interrupt();
    std::optional<Item> item = source();
    if (item) return new Item(std::move(*item));
    control.stop();
    return nullptr;
  };
  const auto transform = [&](Item* boxed) -> Result* {
    const std::unique_ptr<Item> item(boxed);
    return new Result(work(std::move(*item)));
  };
  const auto deliver = [&](Result* boxed) {
    const std::unique_ptr<Result> result(boxed);
    sink(std::move(*result));
  };
  // More threads than processors are allowed if asked for; without this TBB complains on stderr.
  const tbb::global_control allowed(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(std::max(limits.threads, thread_count(0))));
  tbb::task_arena arena(limits.threads);
  arena.execute([&] {
    tbb::parallel_pipeline(
        limits.in_flight,
        tbb::make_filter<void, Item*>(tbb::filter_mode::serial_in_order, draw) &
            tbb::make_filter<Item*, Result*>(tbb::filter_mode::parallel, transform) &
            tbb::make_filter<Result*, void>(tbb::filter_mode::serial_in_order, deliver));
  });
}

}  // namespace skyglot
