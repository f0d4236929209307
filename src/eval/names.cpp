// SPDX-License-Identifier: Apache-2.0
#include "eval/names.hpp"

#include "base/strings.hpp"
#include "base/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 3> kWordings{"as-is", "lower", "blanks"};

// Punctuation that parts words or adorns them.
constexpr std::string_view kPunctuation = " \t\r\n\f\v_-./,;:'\"`()[]{}&|\\";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_punctuation(char c) {
  return kPunctuation.find(c) != std::string_view::npos;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

// Whether the '-' at `at` stands before a number and after no word.
bool is_minus(std::string_view text, std::size_t at) {
  if (text[at] != '-' || at + 1 == text.size() || !is_digit(text[at + 1])) return false;
  return at == 0 || text[at - 1] == ' ' || !(is_punctuation(text[at - 1]) || is_word(text[at - 1]));
}

}  // namespace

std::string normalised_name(std::string_view name) {
  const std::string lower = to_lower(name);
  std::string kept;
  bool parted = false;  // from what was kept last
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = lower[i];
    if (is_punctuation(c) && !is_minus(lower, i)) {
      parted = true;
      continue;
    }
    if (parted && is_digit(c) && !kept.empty() && is_digit(kept.back())) kept += '.';
    kept += c;
    parted = false;
  }
  return kept;
}

std::string to_string(Wording wording) {
  return word_of(wording, kWordings);
}

Wording parse_wording(const std::string& word) {
  return value_of<Wording>(word, kWordings, "wording");
}

std::string worded(std::string_view text, Wording wording) {
  if (wording == Wording::as_is) return std::string(text);
  std::string lower = to_lower(text);
  if (wording == Wording::blanks) {
    std::ranges::replace(lower, '_', ' ');
    std::ranges::replace(lower, '/', ' ');
  }
  return lower;
}

}  // namespace skyglot
