// SPDX-License-Identifier: Apache-2.0
// A whole file as read-only memory, brought in by the system page by page.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace skyglot {

/// Holds the mapping; not to be copied, share it by std::shared_ptr. Another program that cuts the
/// file short while it is mapped ends this one: write files of ours by rename (atomic_file.hpp),
/// never in place.
class MappedFile {
 public:
  /// Throws Error(io) naming the path and why.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace skyglot
