// SPDX-License-Identifier: Apache-2.0
// The threads of a forward pass: OpenMP's, as in libtorch, but counted here, for a libtorch from a
// Python wheel brings an OpenMP of its own.
#pragma once

#include <cstdint>
#include <functional>

namespace skyglot {

/// How many threads on_all_threads() takes from now on, at least 1.
void set_compute_threads(int count);
/// As many as were set; 1 inside on_all_threads().
[[nodiscard]] int compute_threads();

/// Calls work(index, count) once for each index below count = compute_threads(), side by side. The
/// first exception is rethrown when all have ended.
void on_all_threads(const std::function<void(std::int64_t index, std::int64_t count)>& work);

}  // namespace skyglot
