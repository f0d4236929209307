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
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace skyglot
