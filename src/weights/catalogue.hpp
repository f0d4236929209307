// SPDX-License-Identifier: Apache-2.0
// The public checkpoints (data/models.csv): where to fetch them and what their weights do not say
// of themselves.
#pragma once

#include "weights/model_config.hpp"
#include "weights/normalisation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

struct CatalogueEntry {
  std::string name;
  std::string family;
  std::string architecture;
  Activation activation = Activation::gelu;
  Normalisation normalisation;
  std::string url;
  std::string file;                    ///< name on disk
  std::optional<std::uint64_t> bytes;  ///< exact; empty: not published
  std::string size;     ///< in words ("605 MB"), where only that is published too; may be empty
  std::string sha256;   ///< of the file; empty: not published
  std::string licence;  ///< empty: not stated
  std::vector<std::string> published_as;  ///< its names in tables of published figures
  std::string notes;
};

[[nodiscard]] const std::vector<CatalogueEntry>& model_catalogue();
/// Throws Error(usage) that suggests the nearest name.
[[nodiscard]] const CatalogueEntry& catalogue_entry(const std::string& name);
/// The entry of that name, or nullptr.
[[nodiscard]] const CatalogueEntry* find_catalogue_entry(const std::string& name);
/// The entry of that hash, or of that file name if it has no published hash; nullptr if there is
/// none.
[[nodiscard]] const CatalogueEntry* recognise(const std::string& file_name,
                                              const std::string& sha256);

}  // namespace skyglot
