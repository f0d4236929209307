// SPDX-License-Identifier: Apache-2.0
#include "curate/tag_words.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::string_view kKeyMark = "{key}";
constexpr std::string_view kValueMark = "{value}";

std::string words_of(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '_' || c == ':' || c == ';'; }, ' ');
  return text;
}

// One blank between words, none at the ends.
std::string tidied(const std::string& text) {
  std::string result;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result;
}

}  // namespace

std::string tag_words(const Tag& tag, const std::string& wording) {
  if (wording.find(kKeyMark) == std::string::npos && wording.find(kValueMark) == std::string::npos)
    fail(ErrorKind::usage, "the wording \"{}\" has neither {{key}} nor {{value}}", wording);
  std::string text;
  for (std::size_t at = 0; at < wording.size();) {
    const std::string_view rest = std::string_view(wording).substr(at);
    if (rest.starts_with(kKeyMark)) {
      text += words_of(tag.key);
      at += kKeyMark.size();
    } else if (rest.starts_with(kValueMark)) {
      if (tag.value != "*") text += words_of(tag.value);
      at += kValueMark.size();
    } else {
      text += wording[at++];
    }
  }
  return tidied(text);
}

}  // namespace skyglot
