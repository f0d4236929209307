// SPDX-License-Identifier: Apache-2.0
// The threads of a forward pass: OpenMP's, as in libtorch, but counted here, for a libtorch from a
// Python wheel brings an OpenMP of its own.
#pragma once

#include <cstdint>
#include <functional>

namespace skyglot {

/// While it lives, on_all_threads() takes `count` threads, at least 1, on the thread that made it.
class ComputeThreads {
 public:
  explicit ComputeThreads(int count);
  ~ComputeThreads();
  ComputeThreads(const ComputeThreads&) = delete;
  ComputeThreads& operator=(const ComputeThreads&) = delete;

 private:
  int before_;
};

/// As many as were asked for, or else one per processor; 1 inside on_all_threads().
[[nodiscard]] int compute_threads();

/// Calls work(index, count) once for each index below count = compute_threads(), side by side. The
/// first exception is rethrown when all have ended.
void on_all_threads(const std::function<void(std::int64_t index, std::int64_t count)>& work);

}  // namespace skyglot
