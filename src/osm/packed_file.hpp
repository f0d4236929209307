// SPDX-License-Identifier: Apache-2.0
// A plain, gzip or bzip2 file read as the bytes packed in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace skyglot {

/// Files of several packed streams behind each other (pbzip2, dumps) are read to their end.
class PackedFile {
 public:
  /// By the name: ".bz2" is bzip2, all else gzip or plain. Throws Error(io).
  static std::unique_ptr<PackedFile> open(const std::filesystem::path& path);
  virtual ~PackedFile() = default;

  /// Fills `room` from its front; fewer bytes only at the end, 0 after it. Throws
  /// std::runtime_error where the file is damaged or cut short.
  [[nodiscard]] virtual std::size_t read(std::span<char> room) = 0;
  /// Bytes of the file used so far.
  [[nodiscard]] virtual std::uint64_t offset() const = 0;
};

}  // namespace skyglot
