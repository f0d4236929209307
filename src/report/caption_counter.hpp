// SPDX-License-Identifier: Apache-2.0
// How often captions repeat and how long they are, exact, without keeping them.
#pragma once

#include "page/value_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace skyglot {

struct RepeatedCaption {
  std::uint64_t pictures = 0;
  std::string text;
};

struct CaptionStatistics {
  std::uint64_t pictures = 0;
  std::uint64_t distinct = 0;
  std::uint64_t unique_pictures = 0;  ///< pictures whose caption no other picture has
  ValueCounts group_sizes;            ///< pictures that share a caption -> number of captions
  ValueCounts tokens;                 ///< of CLIP, start and end included -> pictures
  ValueCounts words;                  ///< -> pictures
  std::vector<RepeatedCaption> top;   ///< most repeated first, at least 2 pictures each
  [[nodiscard]] double unique_share() const;
};

/// Tells captions apart by a 64-bit hash: 16 bytes for each distinct one, and the texts of the most
/// repeated ones only.
class CaptionCounter {
 public:
  using TokenCount = std::function<std::size_t(std::string_view)>;
  CaptionCounter(TokenCount tokens, std::size_t top) : token_count_(std::move(tokens)), top_(top) {}

  void add(const std::string& caption);
  [[nodiscard]] CaptionStatistics finish() const;

 private:
  struct Seen {
    std::uint32_t pictures = 0;
    std::uint16_t tokens = 0;
    std::uint16_t words = 0;
  };
  void keep_if_top(const std::string& caption, std::uint64_t pictures);

  TokenCount token_count_;
  std::size_t top_;
  std::unordered_map<std::uint64_t, Seen> seen_;
  std::map<std::string, std::uint64_t> leaders_;
};

/// Words between blanks.
[[nodiscard]] std::size_t count_words(std::string_view text);

}  // namespace skyglot
