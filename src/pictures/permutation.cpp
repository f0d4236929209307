// SPDX-License-Identifier: Apache-2.0
#include "pictures/permutation.hpp"

#include "base/error.hpp"

#include <bit>

namespace skyglot {
namespace {

// SplitMix64's finaliser: every bit of the input moves every bit of the output.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

Permutation::Permutation(std::uint64_t size, RandomStream random)
    : size_(size),
      half_bits_(size < 2 ? 1 : (static_cast<int>(std::bit_width(size - 1)) + 1) / 2),
      keys_{} {
  for (std::uint64_t& key : keys_) key = random.next();
}

std::uint64_t Permutation::once(std::uint64_t value) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_;
  std::uint64_t right = value & mask;
  for (const std::uint64_t key : keys_) {
    const std::uint64_t next = left ^ (mixed(right ^ key) & mask);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

std::uint64_t Permutation::at(std::uint64_t place) const {
  expect(place < size_, "a place beyond the permutation");
  std::uint64_t value = once(place);
  while (value >= size_) value = once(value);
  return value;
}

}  // namespace skyglot
