// SPDX-License-Identifier: Apache-2.0
#include "nn/threads.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <omp.h>
#include <utility>

namespace skyglot {
namespace {

thread_local int wanted_threads = omp_get_num_procs();

}  // namespace

ComputeThreads::ComputeThreads(int count)
    : before_(std::exchange(wanted_threads, std::max(count, 1))) {}

ComputeThreads::~ComputeThreads() {
  wanted_threads = before_;
}

int compute_threads() {
  return omp_in_parallel() != 0 ? 1 : wanted_threads;
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
