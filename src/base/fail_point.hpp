// SPDX-License-Identifier: Apache-2.0
// Named places where a test can kill the process or make a write fail (SKYGLOT_FAIL_POINT).
#pragma once

#include <string_view>

namespace skyglot {

/// Returns 0, or the errno this place must pretend to have met.
///
/// The environment variable SKYGLOT_FAIL_POINT=name:k[:action] arms the k-th passage (from 1) of
/// the place `name`; the action is `kill` (SIGKILL, the default), `enospc` or `eio`. Unarmed, the
/// cost is one comparison.
[[nodiscard]] int fail_point(std::string_view name);
/// Whether the place is armed at all.
[[nodiscard]] bool is_armed(std::string_view name);

}  // namespace skyglot
