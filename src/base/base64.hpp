// SPDX-License-Identifier: Apache-2.0
// Bytes as text that a page can hold.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace skyglot
