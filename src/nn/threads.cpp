// SPDX-License-Identifier: Apache-2.0
#include "nn/threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <omp.h>

namespace skyglot {
namespace {

std::atomic<int>& wanted_threads() {
  static std::atomic<int> count{omp_get_num_procs()};
  return count;
}

}  // namespace

void set_compute_threads(int count) {
  wanted_threads() = std::max(count, 1);
}

int compute_threads() {
  return omp_in_parallel() != 0 ? 1 : wanted_threads().load();
}

void on_all_threads(const std::function<void(std::int64_t index, std::int64_t count)>& work) {
  const int count = compute_threads();
  if (count == 1) return work(0, 1);
  std::exception_ptr error;
  std::mutex mutex;
#pragma omp parallel num_threads(count)
  {
    // The runtime may give fewer threads than were asked for.
    for (int i = omp_get_thread_num(); i < count; i += omp_get_num_threads()) {
      try {
        work(i, count);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
      }
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace skyglot
