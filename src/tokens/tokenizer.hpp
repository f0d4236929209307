// SPDX-License-Identifier: Apache-2.0
// What every tokenizer does: text to the numbers that a text tower reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace skyglot {

using TokenId = std::int32_t;

/// Immutable once made: all calls are const and thread-safe. The id that ends a text is the largest
/// there is, so that a tower finds the end by it; what fills up a context is 0.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Ids of the text, without start and end.
  [[nodiscard]] virtual std::vector<TokenId> encode(std::string_view text) const = 0;
  [[nodiscard]] virtual TokenId start() const = 0;
  [[nodiscard]] virtual TokenId end() const = 0;
  /// One more than the largest id.
  [[nodiscard]] std::size_t vocabulary() const { return static_cast<std::size_t>(end()) + 1; }

  /// start + ids + end, padded with zeros to `length` >= 2. What is too long loses its tail and
  /// keeps the end token.
  [[nodiscard]] std::vector<TokenId> context(std::string_view text, std::size_t length) const;
  /// context() without cutting: throws Error(input) naming the text and its number of tokens if it
  /// is too long.
  [[nodiscard]] std::vector<TokenId> whole_context(std::string_view text, std::size_t length) const;
  /// Tokens of the text with start and end.
  [[nodiscard]] std::size_t count(std::string_view text) const;

 protected:
  Tokenizer() = default;
  Tokenizer(const Tokenizer&) = default;
  Tokenizer(Tokenizer&&) = default;
  Tokenizer& operator=(const Tokenizer&) = default;
  Tokenizer& operator=(Tokenizer&&) = default;

 private:
  [[nodiscard]] std::vector<TokenId> framed(const std::vector<TokenId>& ids,
                                            std::size_t length) const;
};

}  // namespace skyglot
