// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include "base/hash.hpp"

#include <cmath>
#include <numbers>

namespace skyglot {

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose,
                           std::initializer_list<std::uint64_t> key)
    : state_(mix(seed, stable_hash(purpose))) {
  for (const std::uint64_t part : key) state_ = mix(state_, part);
}

std::uint64_t RandomStream::next() noexcept {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

double RandomStream::uniform() noexcept {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double RandomStream::uniform(double low, double high) noexcept {
  return low + (high - low) * uniform();
}

std::int64_t RandomStream::integer(std::int64_t low, std::int64_t high) noexcept {
  const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (span == 0) return static_cast<std::int64_t>(next());
  // Numbers below 2^64 mod span would favour the small results; they are drawn again.
  const std::uint64_t reject_below = (0 - span) % span;
  std::uint64_t draw = next();
  while (draw < reject_below) draw = next();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw % span);
}

std::size_t RandomStream::index(std::size_t count) noexcept {
  return static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(count) - 1));
}

double RandomStream::normal() noexcept {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace skyglot
