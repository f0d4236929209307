// SPDX-License-Identifier: Apache-2.0
#include "nn/passes.hpp"

#include "nn/threads.hpp"

#include <algorithm>
#include <atomic>

namespace skyglot {
namespace {

using Pass = std::function<void(std::int64_t first, std::int64_t count)>;

// [first, first + items) in `runs` of about equal size, drawn one after another by all threads.
void run_side_by_side(std::int64_t items, std::int64_t runs, const Pass& pass) {
  std::atomic<std::int64_t> next{0};
  on_all_threads([&](std::int64_t, std::int64_t) {
    for (std::int64_t i = next++; i < runs; i = next++) {
      const std::int64_t first = items * i / runs;
      pass(first, items * (i + 1) / runs - first);
    }
  });
}

}  // namespace

void run_passes(std::int64_t items, std::int64_t at_once, bool on_cpu, const Pass& pass) {
  const std::int64_t threads = on_cpu ? compute_threads() : 1;
  const std::int64_t alike = threads == 1 ? 0 : items / threads * threads;
  const std::int64_t rounds = (alike / threads + at_once - 1) / at_once;
  if (alike > 0) run_side_by_side(alike, rounds * threads, pass);
  for (std::int64_t first = alike; first < items; first += at_once)
    pass(first, std::min(at_once, items - first));
}

}  // namespace skyglot
