// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap files made into an object store.
#pragma once

#include "osm/import_counts.hpp"
#include "osm/node_locations.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

struct ImportOptions {
  std::vector<std::filesystem::path> inputs;
  std::string output;  ///< a file, or "PG:..." for PostGIS
  bool overwrite = false;
  std::filesystem::path ignore_list;  ///< "" for the built-in data/import_ignore.txt
  std::filesystem::path area_rules;   ///< "" for the built-in data/areas.toml
  NodeIndexOptions node_index;
  int threads = 1;
  /// For the rows being put in order, and what the automatic choice of the node index goes by.
  std::uint64_t memory = std::uint64_t{2} << 30;
  std::string version;  ///< of the program, for the metadata

  /// Throws Error(usage) that names every problem.
  void validate() const;
};

struct ImportReport {
  ImportCounts counts;
  std::int64_t tags = 0;              ///< different tags
  std::int64_t object_tags = 0;       ///< tags over all objects
  std::string osm_timestamp;          ///< of the data, "" if the files do not say
  std::vector<std::string> warnings;  ///< what the files say of themselves; logged already
};

/// Reads the inputs twice (relations, then all), assembles, sorts along the ground and writes.
/// The store appears under its name only when whole, and its bytes do not depend on `threads` or
/// `memory`. Throws Error; Error(input) also when no tagged object is left.
ImportReport import_objects(const ImportOptions& options);

}  // namespace skyglot
