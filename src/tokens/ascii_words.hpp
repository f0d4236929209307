// SPDX-License-Identifier: Apache-2.0
// The tokenizer's cleaning and splitting for text that is nothing but ASCII, as most captions are.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace skyglot {

inline constexpr std::string_view kStartText = "<|startoftext|>";
inline constexpr std::string_view kEndText = "<|endoftext|>";

/// Whether the quick way does: ASCII without HTML references.
[[nodiscard]] inline bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '&'; });
}

/// Control characters gone, blanks collapsed, lower case.
[[nodiscard]] std::string cleaned_ascii(std::string_view text);

[[nodiscard]] inline bool is_ascii_letter(char c) {
  return c >= 'a' && c <= 'z';
}
[[nodiscard]] inline bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Length of the word that cleaned, not empty text begins with; it does not begin with a blank.
[[nodiscard]] std::size_t ascii_word_length(std::string_view text);

/// Calls `visit` with each word of cleaned text, as the tokenizer's pattern finds them.
template <typename Visit>
void for_each_ascii_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = ascii_word_length(text);
    visit(text.substr(0, length));
    text.remove_prefix(length);
  }
}

}  // namespace skyglot
