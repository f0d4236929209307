// SPDX-License-Identifier: Apache-2.0
// Finished blocks of a map that is under way.
#pragma once

#include "base/manifest.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// A folder with plan.json (everything that decides the bytes), journal.jsonl and a file a block.
class BlockStore {
 public:
  /// Goes on with the blocks of the same plan, begins anew with another. Throws Error(input) if the
  /// folder is somebody else's, or in use.
  BlockStore(std::filesystem::path folder, const nlohmann::ordered_json& plan);

  /// Blocks are numbered from 0 and added in order.
  [[nodiscard]] std::size_t finished() const { return hashes_.size(); }
  void add(const std::string& bytes);
  /// Throws Error(format) naming a block that is no longer what was written.
  [[nodiscard]] std::string read(std::size_t number) const;
  /// Takes the folder away.
  void remove();

 private:
  [[nodiscard]] std::filesystem::path block_path(std::size_t number) const;

  std::filesystem::path folder_;
  std::vector<std::string> hashes_;
  std::optional<Manifest> journal_;
};

}  // namespace skyglot
