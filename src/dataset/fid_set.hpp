// SPDX-License-Identifier: Apache-2.0
// A set of row numbers in little memory: a bit a row where rows lie close.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

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

 private:
  static constexpr std::int64_t kPageBits = 4096;
  using Page = std::array<std::uint64_t, kPageBits / 64>;
  using Pages = std::map<std::int64_t, Page>;

 public:
  /// Goes through the rows of a set, which must not change, in ascending order.
  class Cursor {
   public:
    explicit Cursor(const FidSet& set) : page_(set.pages_.begin()), end_(set.pages_.end()) {
      if (page_ != end_) bits_ = page_->second[0];
      settle();
    }
    /// Nothing at the end.
    [[nodiscard]] std::optional<std::int64_t> peek() const {
      if (page_ == end_) return std::nullopt;
      return page_->first * kPageBits + static_cast<std::int64_t>(word_) * 64 +
             std::countr_zero(bits_);
    }
    void advance() {
      bits_ &= bits_ - 1;
      settle();
    }

   private:
    // On to the next word that has a bit left.
    void settle() {
      while (page_ != end_ && bits_ == 0) {
        if (++word_ == page_->second.size()) {
          word_ = 0;
          if (++page_ == end_) return;
        }
        bits_ = page_->second[word_];
      }
    }
    Pages::const_iterator page_;
    Pages::const_iterator end_;
    std::size_t word_ = 0;
    std::uint64_t bits_ = 0;
  };

 private:
  // Rounds down, for negative numbers too.
  static std::int64_t page_of(std::int64_t fid) { return fid >> 12; }
  static std::size_t word_of(std::int64_t fid) {
    return static_cast<std::size_t>((fid & (kPageBits - 1)) >> 6);
  }
  static std::uint64_t bit_of(std::int64_t fid) { return std::uint64_t{1} << (fid & 63); }

  Pages pages_;
  std::size_t size_ = 0;
};

}  // namespace skyglot
