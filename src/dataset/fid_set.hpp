// SPDX-License-Identifier: Apache-2.0
// A set of row numbers in little memory: a bit a row where rows lie close.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>

namespace skyglot {

/// Numbers are kept in pages of 4,096 bits: a country's hundred million rows take 15 MB, rows far
/// apart about 600 bytes each.
class FidSet {
 public:
  /// False if it was there already.
  bool insert(std::int64_t fid) {
    std::uint64_t& word = pages_[page_of(fid)][word_of(fid)];
    if ((word & bit_of(fid)) != 0) return false;
    word |= bit_of(fid);
    ++size_;
    return true;
  }

  [[nodiscard]] bool contains(std::int64_t fid) const {
    const auto page = pages_.find(page_of(fid));
    return page != pages_.end() && (page->second[word_of(fid)] & bit_of(fid)) != 0;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Calls visit(fid) in ascending order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [number, page] : pages_)
      for (std::size_t word = 0; word < page.size(); ++word)
        for (std::uint64_t bits = page[word]; bits != 0; bits &= bits - 1)
          visit(number * kPageBits + static_cast<std::int64_t>(word) * 64 + std::countr_zero(bits));
  }

 private:
  static constexpr std::int64_t kPageBits = 4096;
  using Page = std::array<std::uint64_t, kPageBits / 64>;

  // Rounds down, for negative numbers too.
  static std::int64_t page_of(std::int64_t fid) { return fid >> 12; }
  static std::size_t word_of(std::int64_t fid) {
    return static_cast<std::size_t>((fid & (kPageBits - 1)) >> 6);
  }
  static std::uint64_t bit_of(std::int64_t fid) { return std::uint64_t{1} << (fid & 63); }

  std::map<std::int64_t, Page> pages_;
  std::size_t size_ = 0;
};

}  // namespace skyglot
