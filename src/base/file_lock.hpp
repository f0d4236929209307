// SPDX-License-Identifier: Apache-2.0
// One process at a time: an advisory lock that ends with its process.
#pragma once

#include <filesystem>

namespace skyglot {

/// Holds an exclusive flock(2) on `path`, which is made if missing. Throws Error(input) if another
/// process holds it and `busy` says so, Error(io) if it cannot be opened, Interrupted by a signal.
class FileLock {
 public:
  enum class Busy { fail, wait };
  explicit FileLock(const std::filesystem::path& path, Busy busy = Busy::fail);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace skyglot
