// SPDX-License-Identifier: Apache-2.0
// Seeded random streams whose draws do not depend on the machine, the order of work or the threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace skyglot {

/// One stream of random numbers for one item of work, keyed by stable identifiers (seed, what the
/// numbers are for, item id), so that results never depend on which thread came first.
/// Generator: splitmix64 (Steele, Lea, Flood 2014). A value type.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose,
               std::initializer_list<std::uint64_t> key = {});

  [[nodiscard]] std::uint64_t next() noexcept;
  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform() noexcept;
  /// Uniform in [low, high).
  [[nodiscard]] double uniform(double low, double high) noexcept;
  /// Uniform integer in [low, high], both ends included; high >= low.
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high) noexcept;
  /// Uniform index in [0, count); count > 0.
  [[nodiscard]] std::size_t index(std::size_t count) noexcept;
  /// Standard normal (Box–Muller, one value a call).
  [[nodiscard]] double normal() noexcept;
  [[nodiscard]] bool chance(double probability) noexcept { return uniform() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace skyglot
