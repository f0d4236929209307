// SPDX-License-Identifier: Apache-2.0
// Enumerations as the words that options and files spell them with.
#pragma once

#include "base/error.hpp"

#include <fmt/ranges.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// The word of `value`; `words` stand in the order of the enumeration.
template <typename Enum, std::size_t N>
[[nodiscard]] std::string word_of(Enum value, const std::array<std::string_view, N>& words) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

/// The value that `word` stands for; nothing where it is none of the words.
template <typename Enum, std::size_t N>
[[nodiscard]] std::optional<Enum> find_value(std::string_view word,
                                             const std::array<std::string_view, N>& words) {
  for (std::size_t i = 0; i < N; ++i)
    if (word == words[i]) return static_cast<Enum>(i);
  return std::nullopt;
}

/// The same; Error(usage) says `what` was asked for and lists the words.
template <typename Enum, std::size_t N>
[[nodiscard]] Enum value_of(const std::string& word, const std::array<std::string_view, N>& words,
                            const char* what) {
  if (const auto value = find_value<Enum>(word, words)) return *value;
  fail(ErrorKind::usage, "unknown {} \"{}\"; it is one of {}", what, word, fmt::join(words, ", "));
}

}  // namespace skyglot
