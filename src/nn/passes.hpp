// SPDX-License-Identifier: Apache-2.0
// Many items through a model in runs of a fixed size.
#pragma once

#include <cstdint>
#include <functional>

namespace skyglot {

/// Calls pass(first, count) for [0, items) cut into runs of at most `at_once`. On a CPU every
/// thread takes as many items, in runs of about equal size, which go side by side; the few items
/// left over go in one run, for a run by itself uses all threads. What comes out may not depend on
/// the cut. Throws what `pass` throws.
void run_passes(std::int64_t items, std::int64_t at_once, bool on_cpu,
                const std::function<void(std::int64_t first, std::int64_t count)>& pass);

}  // namespace skyglot
