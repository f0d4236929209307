// SPDX-License-Identifier: Apache-2.0
// Character references of HTML ("&amp;", "&#8211;"): resolved, and made where text must not be
// markup.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

/// Replaces character references once, as browsers and Python's html.unescape() do: decimal and
/// hexadecimal ones, and the names of HTML 4 (data/html_entities.csv), some of them also without
/// the semicolon. Names that only HTML 5 has stay as they are.
[[nodiscard]] std::string html_unescape(std::string_view text);

/// `text` for element content and quoted attributes of HTML and SVG. Bytes that are no UTF-8,
/// control characters, noncharacters and the marks that turn the direction of writing become
/// U+FFFD; line breaks and tabs become blanks.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace skyglot
