// SPDX-License-Identifier: Apache-2.0
// Where the members of a tar lie, so that one can be read without those before it.
#pragma once

#include "pictures/shard.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// A tar looked through once, header by header.
class TarIndex {
 public:
  /// Throws what ShardReader does.
  explicit TarIndex(std::filesystem::path path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Regular files in the order of the tar.
  [[nodiscard]] const std::vector<ShardReader::Member>& members() const { return members_; }

 private:
  std::filesystem::path path_;
  std::vector<ShardReader::Member> members_;
};

/// The tar opened to read members by their places. One for each thread, or each picture.
class TarFile {
 public:
  /// Throws Error(io).
  explicit TarFile(const std::filesystem::path& path);
  ~TarFile();
  TarFile(const TarFile&) = delete;
  TarFile& operator=(const TarFile&) = delete;
  /// Throws Error(io), or Error(format) where the tar has become shorter than it was.
  [[nodiscard]] std::string read(const ShardReader::Member& member) const;

 private:
  std::string name_;
  int descriptor_;
};

}  // namespace skyglot
