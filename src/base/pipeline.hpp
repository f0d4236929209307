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
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

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
  // TBB forgets the tokens that are under way when a stage throws, so it only gets pointers to
  // slots that are ours. Source and sink go in order and at most in_flight tokens are alive: the
  // k-th item finds the slot of the (k - in_flight)-th free.
  struct Slot {
    std::optional<Item> item;
    std::optional<Result> result;
  };
  std::vector<Slot> slots(limits.in_flight);
  std::size_t drawn = 0;
  const auto draw = [&](tbb::flow_control& control) -> Slot* {
    check_interrupt();
    std::optional<Item> item = source();
    if (!item) {
      control.stop();
      return nullptr;
    }
    Slot& slot = slots[drawn++ % slots.size()];
    slot.item.emplace(std::move(*item));
    return &slot;
  };
  const auto transform = [&](Slot* slot) {
    slot->result.emplace(work(std::move(*slot->item)));
    slot->item.reset();
    return slot;
  };
  const auto deliver = [&](Slot* slot) {
    sink(std::move(*slot->result));
    slot->result.reset();
  };
  // More threads than processors are allowed if asked for; without this TBB complains on stderr.
  const tbb::global_control allowed(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(std::max(limits.threads, thread_count(0))));
  tbb::task_arena arena(limits.threads);
  arena.execute([&] {
    tbb::parallel_pipeline(
        limits.in_flight,
        tbb::make_filter<void, Slot*>(tbb::filter_mode::serial_in_order, draw) &
            tbb::make_filter<Slot*, Slot*>(tbb::filter_mode::parallel, transform) &
            tbb::make_filter<Slot*, void>(tbb::filter_mode::serial_in_order, deliver));
  });
}

}  // namespace skyglot
