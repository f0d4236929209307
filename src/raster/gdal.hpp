// SPDX-License-Identifier: Apache-2.0
// GDAL started once, its errors turned into ours.
#pragma once

#include <cstdint>
#include <string>

namespace skyglot {

/// Registers GDAL's drivers and silences its own printing; every call after the first is free.
/// Thread-safe. The rooms that touch GDAL call it before anything else.
void start_gdal();

/// Bounds GDAL's cache of decoded blocks, which all threads share.
void limit_gdal_cache(std::uint64_t bytes);

/// The last thing GDAL complained about on this thread, for our own messages; "" if nothing.
[[nodiscard]] std::string last_gdal_error();

}  // namespace skyglot
