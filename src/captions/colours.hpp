// SPDX-License-Identifier: Apache-2.0
// Names for hexadecimal colours, as mappers write them.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// Red, green and blue, 0 to 255, of "#8b0000" or "#fff"; nothing for any other text.
[[nodiscard]] std::optional<std::array<int, 3>> parse_colour(std::string_view text);

/// The name in `colours` (name -> hexadecimal colour) nearest to `text` by the sum of squared
/// differences, the alphabetically first of equals; "" if `text` is no hexadecimal colour.
[[nodiscard]] std::string nearest_colour(std::string_view text,
                                         const std::map<std::string, std::string>& colours);

}  // namespace skyglot
