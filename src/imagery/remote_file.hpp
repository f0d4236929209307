// SPDX-License-Identifier: Apache-2.0
// Whether a file on a web server can be had: tells faults that pass from files that are damaged.
#pragma once

#include "base/http.hpp"

#include <string>

namespace skyglot {

/// Asks the server of what GDAL reads through /vsicurl/ for its first bytes, as long as `patience`
/// lasts. False where it refuses them for good, and for files that are reached by another way.
/// Throws Error(io) where the fault is one that passes and did not, Interrupted.
[[nodiscard]] bool remote_bytes_arrive(const std::string& gdal_name, const HttpPatience& patience);

/// How many seconds that server asks to wait (Retry-After), if it is busy; else 0.
[[nodiscard]] double wished_wait_s(const std::string& gdal_name);

}  // namespace skyglot
