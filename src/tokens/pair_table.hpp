// SPDX-License-Identifier: Apache-2.0
// A fixed hash table from two symbols to the one they merge into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Open addressing with twice as many places as entries; symbols are below 2^16.
class PairTable {
 public:
  static constexpr std::int32_t kNone = -1;

  PairTable() : slots_(kSlots) {}

  /// The first value of a pair stays. At most kSlots / 2 pairs.
  void add(std::int32_t left, std::int32_t right, std::int32_t merged) {
    Slot& slot = slots_[find_slot(key_of(left, right))];
    if (slot.merged == kNone) slot = {key_of(left, right), merged};
  }

  /// What the pair merges into, or kNone.
  [[nodiscard]] std::int32_t find(std::int32_t left, std::int32_t right) const {
    return slots_[find_slot(key_of(left, right))].merged;
  }

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << 17;
  struct Slot {
    std::uint32_t key = 0;
    std::int32_t merged = kNone;
  };

  static std::uint32_t key_of(std::int32_t left, std::int32_t right) {
    return (static_cast<std::uint32_t>(left) << 16) | static_cast<std::uint32_t>(right);
  }

  [[nodiscard]] std::size_t find_slot(std::uint32_t key) const {
    std::size_t at = (key * std::uint64_t{0x9E3779B97F4A7C15}) >> 47;  // 17 bits
    while (slots_[at].merged != kNone && slots_[at].key != key) at = (at + 1) % kSlots;
    return at;
  }

  std::vector<Slot> slots_;
};

}  // namespace skyglot
