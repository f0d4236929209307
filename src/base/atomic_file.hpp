// SPDX-License-Identifier: Apache-2.0
// Files that appear under their final name only when they are whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace skyglot {

/// A temporary path beside `final_path` that commit() moves into place; for files that another
/// library (SQLite, GDAL) writes by name. The destructor removes what was not committed.
class PendingPath {
 public:
  explicit PendingPath(std::filesystem::path final_path);
  ~PendingPath();
  PendingPath(const PendingPath&) = delete;
  PendingPath& operator=(const PendingPath&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return temporary_; }
  [[nodiscard]] const std::filesystem::path& final_path() const noexcept { return final_; }
  /// fsync, rename, fsync of the folder. Throws Error(io); then nothing is under the final name.
  void commit();

 private:
  std::filesystem::path final_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

/// A file written in full before it gets its name: temporary in the same folder, fsync, rename,
/// fsync of the folder. Every failure is Error(io) or Error(resource) with the path.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path final_path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void commit();

 private:
  PendingPath pending_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The whole of `bytes` under `path`, or nothing.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The whole file. Throws Error(io), or Error(resource) past `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::uint64_t max_bytes = std::uint64_t{1} << 31);

/// Makes the folder (and its parents); Error(io) that says so where a file is in the way.
void make_folder(const std::filesystem::path& path);

/// Whether the name is that of a temporary file of ours.
[[nodiscard]] bool is_temporary(const std::filesystem::path& path);

/// Removes the temporary files that a killed run of ours left in `folder` (not below it).
/// Returns how many.
int remove_orphans(const std::filesystem::path& folder);

/// Forces the folder's entries to disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace skyglot
