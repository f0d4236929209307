// SPDX-License-Identifier: Apache-2.0
// Any supported picture file to pixels, told apart by its first bytes.
#pragma once

#include "pictures/picture.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace skyglot {

/// Three channels. Throws Error(format) naming `name` (empty, truncated, or what the bytes look
/// like instead) and Error(resource) past `max_pixels`.
[[nodiscard]] Picture decode_picture(std::string_view bytes, const std::string& name,
                                     std::size_t max_pixels = 100'000'000);

}  // namespace skyglot
