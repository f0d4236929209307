// SPDX-License-Identifier: Apache-2.0
// BERT's tokenizer: words cut into the longest pieces that a vocabulary knows.
#pragma once

#include "tokens/tokenizer.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// WordPiece with BERT's uncased cleaning (Devlin et al. 2019; github.com/google-research/bert):
/// control characters go, accents go (canonical decomposition by utf8proc), letters become lower
/// case, blanks, punctuation and Chinese characters separate words; of each word the longest known
/// piece is taken, then the longest that continues it ("##ing"); a word that cannot be cut so, or
/// has more than 100 characters, is [UNK].
class WordPieceTokenizer final : public Tokenizer {
 public:
  /// `vocabulary`: a piece a line, the line's number its id. [PAD] must be the first, [SEP] the
  /// last (see Tokenizer), [CLS] and [UNK] anywhere between. Throws Error(format) with `name` and
  /// what is missing, misplaced or there twice.
  WordPieceTokenizer(std::string_view vocabulary, const std::string& name);
  ~WordPieceTokenizer() override;
  WordPieceTokenizer(WordPieceTokenizer&&) noexcept;
  WordPieceTokenizer& operator=(WordPieceTokenizer&&) noexcept;

  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const override;
  [[nodiscard]] TokenId start() const override;
  [[nodiscard]] TokenId end() const override;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace skyglot
