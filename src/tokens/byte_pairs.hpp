// SPDX-License-Identifier: Apache-2.0
// The byte-pair merges of CLIP: which two symbols of a word become one, best first.
#pragma once

#include "tokens/pair_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Ids of symbols: 256 bytes in the order of CLIP's vocabulary, the same 256 at the end of a word,
/// then one per merge, so that the id of a merged symbol is also the rank of its merge.
class BytePairs {
 public:
  static constexpr std::size_t kMerges = 48894;

  /// See ClipTokenizer::ClipTokenizer.
  BytePairs(std::string_view merges, const std::string& name);

  /// Appends the ids of one word to `ids`. Time grows with n log n of the word's bytes.
  void encode_word(std::string_view word, std::vector<std::int32_t>& ids) const;

 private:
  void encode_short_word(std::string_view word, std::vector<std::int32_t>& ids) const;
  friend class WordMerger;

  std::array<std::int32_t, 256> id_of_byte_{};
  PairTable merges_;
};

}  // namespace skyglot
