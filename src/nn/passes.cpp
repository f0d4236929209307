// SPDX-License-Identifier: Apache-2.0
#include "nn/passes.hpp"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>

#ifndef _OPENMP
#error "without OpenMP at::parallel_for runs on one thread"
#endif

namespace skyglot {

void run_passes(std::int64_t items, std::int64_t at_once, bool on_cpu,
                const std::function<void(std::int64_t first, std::int64_t count)>& pass) {
  std::atomic<std::int64_t> next{0};
  const auto lane = [&](std::int64_t, std::int64_t) {
    const torch::NoGradGuard no_grad;  // a thread's own
    for (std::int64_t first = next.fetch_add(at_once); first < items;
         first = next.fetch_add(at_once))
      pass(first, std::min(at_once, items - first));
  };
  // Inside parallel_for the products of a pass stay on its thread, even if it is the only pass.
  if (on_cpu)
    at::parallel_for(0, at::get_num_threads(), 1, lane);
  else
    lane(0, 1);
}

}  // namespace skyglot
