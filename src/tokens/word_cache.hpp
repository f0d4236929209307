// SPDX-License-Identifier: Apache-2.0
// The ids of words met lately, in a table of fixed size for each thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace skyglot {

/// Each word has one place, which it shares with others; the latest stays. `owner` tells whose ids
/// they are.
class WordCache {
 public:
  WordCache() : entries_(kEntries) {}

  /// Appends the ids of `word` and returns true if they are known.
  bool append(std::uint64_t owner, std::string_view word, std::vector<std::int32_t>& ids) const {
    if (word.size() > kLongestWord) return false;
    const Entry& entry = entries_[place_of(word)];
    if (entry.owner != owner || entry.length != word.size() ||
        std::memcmp(entry.word.data(), word.data(), word.size()) != 0)
      return false;
    ids.insert(ids.end(), entry.ids.begin(), entry.ids.begin() + entry.count);
    return true;
  }

  void keep(std::uint64_t owner, std::string_view word, const std::int32_t* ids,
            std::size_t count) {
    if (word.size() > kLongestWord || count > kMostIds) return;
    Entry& entry = entries_[place_of(word)];
    entry.owner = owner;
    entry.length = static_cast<std::uint8_t>(word.size());
    entry.count = static_cast<std::uint8_t>(count);
    std::memcpy(entry.word.data(), word.data(), word.size());
    std::memcpy(entry.ids.data(), ids, count * sizeof *ids);
  }

 private:
  static constexpr std::size_t kEntries = 8192;
  static constexpr std::size_t kLongestWord = 22;
  static constexpr std::size_t kMostIds = 8;
  struct Entry {
    std::uint64_t owner = 0;
    std::uint8_t length = 0;
    std::uint8_t count = 0;
    std::array<char, kLongestWord> word{};
    std::array<std::int32_t, kMostIds> ids{};
  };

  static std::size_t place_of(std::string_view word) {
    std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
    for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return (hash ^ (hash >> 29)) % kEntries;
  }

  std::vector<Entry> entries_;
};

}  // namespace skyglot
