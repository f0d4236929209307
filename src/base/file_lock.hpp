// SPDX-License-Identifier: Apache-2.0
// One process at a time: an advisory lock that ends with its process.
#pragma once

#include <filesystem>

namespace skyglot {

/// Holds an exclusive flock(2) on `path`, which is made if missing. Throws Error(input) if another
/// process holds it, Error(io) if it cannot be opened.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path);
  /// Waits until no other process holds the lock; the folder of `path` is made if missing. Throws
  /// Interrupted once a signal has come, Error(io).
  [[nodiscard]] static FileLock waiting_for(const std::filesystem::path& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  FileLock() = default;
  // 0: held now; EWOULDBLOCK: another process holds it, or the file was removed meanwhile; else why
  // it cannot be opened.
  int attempt(const std::filesystem::path& path);
  int descriptor_ = -1;
};

}  // namespace skyglot
