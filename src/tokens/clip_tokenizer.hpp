// SPDX-License-Identifier: Apache-2.0
// CLIP's tokenizer: text to the 49,408 byte-pair tokens that every CLIP text tower reads.
#pragma once

#include "tokens/tokenizer.hpp"

#include <memory>
#include <string>

namespace skyglot {

/// Byte-level byte-pair encoding after Radford et al. 2021 (github.com/openai/CLIP).
///
/// The text is cleaned first: curly quotes, Latin ligatures and full-width forms become plain and
/// control characters go (of the original's ftfy pass only this; mojibake is not repaired, nothing
/// is composed), HTML references are resolved twice, blanks collapse, and letters become lower case
/// (see lower_case()). Then it is split by PCRE2 with Unicode properties.
class ClipTokenizer final : public Tokenizer {
 public:
  static constexpr std::size_t kContextLength = 77;
  static constexpr TokenId kStart = 49406;
  static constexpr TokenId kEnd = 49407;
  static constexpr std::size_t kVocabulary = 49408;

  /// Reads a merges file, plain or gzip: everything up to the line that contains "#version:" is
  /// skipped, then come 48,894 lines "left right"; further lines are not used. Throws Error(format)
  /// with `name` and the line, Error(resource) if it unpacks to more than 16 MiB.
  ClipTokenizer(std::string_view merges, const std::string& name);
  ~ClipTokenizer() override;
  ClipTokenizer(ClipTokenizer&&) noexcept;
  ClipTokenizer& operator=(ClipTokenizer&&) noexcept;

  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const override;
  [[nodiscard]] TokenId start() const override { return kStart; }
  [[nodiscard]] TokenId end() const override { return kEnd; }
  /// As the base's, of kContextLength.
  using Tokenizer::context;
  using Tokenizer::whole_context;
  [[nodiscard]] std::vector<TokenId> context(std::string_view text) const {
    return context(text, kContextLength);
  }
  [[nodiscard]] std::vector<TokenId> whole_context(std::string_view text) const {
    return whole_context(text, kContextLength);
  }

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

/// The tokenizer of data/clip_merges.txt, made on first use and shared by all threads.
[[nodiscard]] const ClipTokenizer& clip_tokenizer();

}  // namespace skyglot
