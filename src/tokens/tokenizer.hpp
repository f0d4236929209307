// SPDX-License-Identifier: Apache-2.0
// CLIP's tokenizer: text to the 49,408 byte-pair tokens that every CLIP text tower reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

using TokenId = std::int32_t;

/// Byte-level byte-pair encoding after Radford et al. 2021 (github.com/openai/CLIP). Immutable once
/// made: all calls are const and thread-safe.
///
/// The text is cleaned first: curly quotes, Latin ligatures and full-width forms become plain and
/// control characters go (of the original's ftfy pass only this; mojibake is not repaired, nothing
/// is composed), HTML references are resolved twice, blanks collapse, and letters become lower case
/// (see lower_case()). Then it is split by PCRE2 with Unicode properties.
class Tokenizer {
 public:
  static constexpr std::size_t kContextLength = 77;
  static constexpr TokenId kStart = 49406;
  static constexpr TokenId kEnd = 49407;
  static constexpr std::size_t kVocabulary = 49408;

  /// Reads a merges file, plain or gzip: everything up to the line that contains "#version:" is
  /// skipped, then come 48,894 lines "left right"; further lines are not used. Throws Error(format)
  /// with `name` and the line, Error(resource) if it unpacks to more than 16 MiB.
  Tokenizer(std::string_view merges, const std::string& name);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  /// Ids of the text, without start and end.
  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const;
  /// start + ids + end, padded with zeros to `length` >= 2. What is too long loses its tail and
  /// keeps the end token.
  [[nodiscard]] std::vector<TokenId> context(std::string_view text,
                                             std::size_t length = kContextLength) const;
  /// context() without cutting: throws Error(input) naming the text and its number of tokens if it
  /// is too long.
  [[nodiscard]] std::vector<TokenId> whole_context(std::string_view text,
                                                   std::size_t length = kContextLength) const;
  /// Tokens of the text with start and end.
  [[nodiscard]] std::size_t count(std::string_view text) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

/// The tokenizer of data/clip_merges.txt, made on first use and shared by all threads.
[[nodiscard]] const Tokenizer& clip_tokenizer();

}  // namespace skyglot
