// SPDX-License-Identifier: Apache-2.0
// Class names as folders, labels and prompts write them.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

/// Lower case without what only parts words (blanks, '_', '-', '.', '/' and other punctuation), so
/// that "Baseball Field", "BaseballField" and "baseball_field" are one name. What tells names apart
/// stays: signs such as '<', '>', '=', '+' and '%', a minus before a number, and a '.' for what
/// parts two digits ("1.5 m" is not "15 m"). Bytes past ASCII stay.
[[nodiscard]] std::string normalised_name(std::string_view name);

/// How a class is written in a prompt.
enum class Wording {
  as_is,  ///< as the class list words it
  lower,  ///< lower case
  blanks  ///< lower case, with '_' and '/' as blanks (GeoRSCLIP)
};

[[nodiscard]] std::string to_string(Wording wording);
/// Throws Error(usage) naming the words there are.
[[nodiscard]] Wording parse_wording(const std::string& word);
[[nodiscard]] std::string worded(std::string_view text, Wording wording);

}  // namespace skyglot
