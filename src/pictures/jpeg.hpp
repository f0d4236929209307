// SPDX-License-Identifier: Apache-2.0
// JPEG encoded and decoded by libjpeg-turbo.
#pragma once

#include "pictures/picture.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace skyglot {

/// Baseline JPEG with 4:2:0 chroma (4:4:4 from quality 95 on); the same picture gives the same
/// bytes. `quality` is 1 to 100.
[[nodiscard]] std::string encode_jpeg(const Picture& picture, int quality);

/// Decodes into three channels. Throws Error(format) naming `name` on damaged or other bytes and
/// Error(resource) past `max_pixels`.
[[nodiscard]] Picture decode_jpeg(std::string_view bytes, const std::string& name,
                                  std::size_t max_pixels = 100'000'000);

}  // namespace skyglot
