// SPDX-License-Identifier: Apache-2.0
// Unicode text as code points: the little that the tokenizer and the captions need.
#pragma once

#include <string>
#include <string_view>

namespace skyglot {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// Code points of UTF-8 text; every byte that is not part of a well-formed sequence becomes one
/// replacement character.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);
/// The inverse; what is no Unicode scalar value becomes the replacement character.
[[nodiscard]] std::string encode_utf8(std::u32string_view text);

/// Without the byte order mark that some editors put in front of UTF-8.
[[nodiscard]] std::string_view without_mark(std::string_view text);

/// White space as Python's str.isspace() knows it.
[[nodiscard]] bool is_blank(char32_t c) noexcept;
/// Runs of blanks become one ' ', those at both ends go.
[[nodiscard]] std::u32string collapse_blanks(std::u32string_view text);

/// Simple lower case of Unicode 14 (data/lower_case.csv), and U+0130 as "i" with a dot above.
/// The Greek final sigma is not told from the one inside a word.
[[nodiscard]] std::u32string lower_case(std::u32string_view text);

}  // namespace skyglot
