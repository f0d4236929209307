// SPDX-License-Identifier: Apache-2.0
// Escapes in web addresses.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

/// "a%20b" -> "a b"; what is no escape stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);
/// Escapes of all bytes but letters, digits and those of `kept`.
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view kept);

}  // namespace skyglot
