// SPDX-License-Identifier: Apache-2.0
// PNG encoded and decoded by libpng.
#pragma once

#include "pictures/picture.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace skyglot {

/// 8-bit PNG with as many channels as the picture.
[[nodiscard]] std::string encode_png(const Picture& picture);

/// Decodes into three channels of 8 bits; alpha is dropped, as models were trained. Throws
/// Error(format) naming `name` on damaged or other bytes and Error(resource) past `max_pixels`.
[[nodiscard]] Picture decode_png(std::string_view bytes, const std::string& name,
                                 std::size_t max_pixels = 100'000'000);

}  // namespace skyglot
