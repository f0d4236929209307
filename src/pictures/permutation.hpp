// SPDX-License-Identifier: Apache-2.0
// A shuffled order that is computed, not stored.
#pragma once

#include "base/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace skyglot {

/// A permutation of 0 .. size - 1: any place of it at once, whatever the size. A Feistel
/// network over the next power of four, walked until it falls inside (Black and Rogaway, "Ciphers
/// with arbitrary finite domains", 2002).
class Permutation {
 public:
  /// The same numbers give the same permutation.
  Permutation(std::uint64_t size, RandomStream random);
  /// `place` must be below the size.
  [[nodiscard]] std::uint64_t at(std::uint64_t place) const;

 private:
  [[nodiscard]] std::uint64_t once(std::uint64_t value) const;

  static constexpr std::size_t kRounds = 8;
  std::uint64_t size_;
  int half_bits_;
  std::array<std::uint64_t, kRounds> keys_;
};

}  // namespace skyglot
