// SPDX-License-Identifier: Apache-2.0
// The folder of a town: what in it is simulate's, and what is somebody else's and stays.
#pragma once

#include <filesystem>

namespace skyglot::simulate {

/// Whether a whole town lies there: a town.json that simulate wrote.
[[nodiscard]] bool is_town(const std::filesystem::path& folder);

/// A file or folder below `folder` that no town has; an empty path where there is none.
[[nodiscard]] std::filesystem::path stranger_in(const std::filesystem::path& folder);

/// Removes the files of the town, town.json as the last, and the folders that are empty then.
/// Throws Error(io) if something cannot be removed.
void remove_town(const std::filesystem::path& folder);

/// A folder under a provisional name that becomes the town's when it is whole; what is in it goes
/// if that does not happen.
class PendingTown {
 public:
  /// Throws Error(input) if the provisional folder is there and was not left by a killed run.
  explicit PendingTown(const std::filesystem::path& final_path);
  ~PendingTown();
  PendingTown(const PendingTown&) = delete;
  PendingTown& operator=(const PendingTown&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Takes the place of an earlier town. Throws Error(input) if there is anything else by now.
  void keep();

 private:
  std::filesystem::path final_;
  std::filesystem::path path_;
};

}  // namespace skyglot::simulate
