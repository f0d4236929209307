// SPDX-License-Identifier: Apache-2.0
// Append-only JSON lines, each with its own checksum: what is not on a whole line does not exist.
#pragma once

#include "base/file_lock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// The journal of finished work. One process appends, holding a lock while it lives; any may read.
class Manifest {
 public:
  /// Opens or makes `path` for appending; a torn last line, left by a kill, is cut off. Throws
  /// Error(input) if another process is appending to it.
  explicit Manifest(std::filesystem::path path);

  /// Adds one line and forces it to disk. Throws Error(io).
  void append(const nlohmann::json& record);

 private:
  std::filesystem::path path_;
  FileLock lock_;
};

/// The whole lines of a manifest, in order; a torn last line is left out. No file: nothing.
/// Throws Error(format) if a line before the last is damaged.
[[nodiscard]] std::vector<nlohmann::json> read_manifest(const std::filesystem::path& path);

}  // namespace skyglot
