// SPDX-License-Identifier: Apache-2.0
// Many items through a model in runs of a fixed size.
#pragma once

#include <cstdint>
#include <functional>

namespace skyglot {

/// Calls pass(first, count) for [0, items) cut from its start into runs of `at_once`, without
/// gradients. On the CPU several runs go side by side, each on one thread: that is faster than one
/// run on all threads, and since neither the cuts nor the order of sums within a run depend on the
/// number of threads, the results do not either. Throws what `pass` throws.
void run_passes(std::int64_t items, std::int64_t at_once, bool on_cpu,
                const std::function<void(std::int64_t first, std::int64_t count)>& pass);

}  // namespace skyglot
