// SPDX-License-Identifier: Apache-2.0
// A zip archive in memory whose entries are taken where they lie: torch stores them uncompressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace skyglot {

struct ZipEntry {
  std::uint64_t offset = 0;  ///< of its local header
  std::uint64_t stored_size = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  ///< 0: stored
  std::uint16_t flags = 0;
};

/// The central directory (zip64 too). Names are keys to look up, never paths to write to.
class ZipDirectory {
 public:
  /// `bytes` must outlive it. Throws Error(format) naming `name` and what is wrong. All entries
  /// together are no longer than `bytes`.
  ZipDirectory(std::span<const std::byte> bytes, std::string name);

  [[nodiscard]] const std::map<std::string, ZipEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] bool contains(const std::string& entry) const { return entries_.contains(entry); }
  /// The bytes of a stored entry, its CRC-32 checked. Throws Error(format) if it is missing,
  /// compressed, encrypted, outside the file or damaged.
  [[nodiscard]] std::span<const std::byte> bytes_of(const std::string& entry) const;

 private:
  void read_directory(std::uint64_t offset, std::uint64_t size, std::uint64_t count);
  std::uint64_t read_entry(std::uint64_t at, std::uint64_t end);
  void refuse_overlap() const;

  std::span<const std::byte> bytes_;
  std::string name_;
  std::map<std::string, ZipEntry> entries_;
};

/// Whether the bytes begin as a zip archive does.
[[nodiscard]] bool looks_like_zip(std::span<const std::byte> bytes);

}  // namespace skyglot
