// SPDX-License-Identifier: Apache-2.0
// gzip unpacked in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skyglot {

/// Whether the bytes begin as gzip does.
[[nodiscard]] bool is_gzip(std::string_view bytes);

/// The unpacked bytes. Throws Error(format) naming `name` if they are damaged or cut off,
/// Error(resource) past `max_bytes`.
[[nodiscard]] std::string gunzipped(std::string_view bytes, const std::string& name,
                                    std::size_t max_bytes);

}  // namespace skyglot
