// SPDX-License-Identifier: Apache-2.0
#include "tokens/ascii_words.hpp"

namespace skyglot {
namespace {

bool is_ascii_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_other(char c) {
  return c != ' ' && !is_ascii_letter(c) && !is_ascii_digit(c);
}

std::size_t run_length(std::string_view text, bool (*belongs)(char)) {
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  return length;
}

}  // namespace

std::string cleaned_ascii(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_ascii_blank(c)) {
      if (!result.empty() && result.back() != ' ') result += ' ';
    } else if (c > ' ' && c != 0x7F) {
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

std::size_t ascii_word_length(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWhole{kStartText, kEndText, "'s",  "'t", "'re",
                                                          "'ve",      "'m",     "'ll", "'d"};
  const char first = text.front();
  if (is_ascii_letter(first)) return run_length(text, is_ascii_letter);
  if (is_ascii_digit(first)) return 1;
  if (first == '\'' || first == '<')
    for (const std::string_view whole : kWhole)
      if (text.starts_with(whole)) return whole.size();
  return run_length(text, is_other);
}

}  // namespace skyglot
