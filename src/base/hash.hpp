// SPDX-License-Identifier: Apache-2.0
// SHA-256 for files and manifests, and a fast stable 64-bit hash for keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace skyglot {

/// SHA-256 fed piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Ends the computation.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256(std::string_view bytes);
/// Throws Error(io) if the file cannot be read.
[[nodiscard]] std::string sha256_file(const std::filesystem::path& path);

/// The same number on every machine and for ever: seeds and orders are made from it. FNV-1a with a
/// splitmix64 finaliser.
[[nodiscard]] std::uint64_t stable_hash(std::string_view bytes) noexcept;
/// Mixes two numbers into one.
[[nodiscard]] std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept;

}  // namespace skyglot
