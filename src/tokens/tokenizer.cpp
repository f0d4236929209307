// SPDX-License-Identifier: Apache-2.0
#include "tokens/tokenizer.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace skyglot {

std::vector<TokenId> Tokenizer::framed(const std::vector<TokenId>& ids, std::size_t length) const {
  expect(length >= 2, "a context of tokens has no room for start and end");
  const std::size_t kept = std::min(ids.size(), length - 2);
  std::vector<TokenId> result(length, 0);
  result[0] = start();
  std::copy_n(ids.begin(), kept, result.begin() + 1);
  result[kept + 1] = end();
  return result;
}

std::vector<TokenId> Tokenizer::context(std::string_view text, std::size_t length) const {
  return framed(encode(text), length);
}

namespace {

// For messages: the beginning of a long text, cut between two characters.
std::string beginning_of(std::string_view text) {
  constexpr std::size_t kShown = 600;
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

std::vector<TokenId> Tokenizer::whole_context(std::string_view text, std::size_t length) const {
  const std::vector<TokenId> ids = encode(text);
  if (ids.size() + 2 > length)
    fail(ErrorKind::input,
         "a text has {} tokens where the model reads {}: \"{}\"; shorten it, or let it be cut",
         ids.size() + 2, length, beginning_of(text));
  return framed(ids, length);
}

std::size_t Tokenizer::count(std::string_view text) const {
  return encode(text).size() + 2;
}

}  // namespace skyglot
