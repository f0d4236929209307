// SPDX-License-Identifier: Apache-2.0
// Where every node is, by id: in memory for extracts, in a file for a planet.
#pragma once

#include <osmium/osm/location.hpp>
#include <osmium/osm/types.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

/// How node locations are kept during an import.
struct NodeIndexOptions {
  enum class Kind {
    automatic,  ///< memory, or a sparse file where memory would not suffice
    memory,     ///< 12 bytes a node
    file,       ///< 16 bytes a node of the input on disk: extracts of any size
    dense,      ///< 8 bytes for every id up to the largest on disk: a planet
  };
  Kind kind = Kind::automatic;
  std::filesystem::path path;  ///< of the file; "" for a temporary one beside the output
};

/// "auto", "memory", "file", "file:PATH", "dense", "dense:PATH". Throws Error(usage).
[[nodiscard]] NodeIndexOptions parse_node_index(const std::string& text);

/// Locations in ascending id order packed by blocks: 12 bytes a node, and a look-up touches one
/// block only.
class PackedLocations {
 public:
  /// `id` must be above every id so far.
  void set(std::uint64_t id, osmium::Location location);
  /// Undefined if there is none.
  [[nodiscard]] osmium::Location get(std::uint64_t id) const noexcept;

 private:
  struct Block {
    std::uint64_t first_id = 0;
    std::vector<std::uint32_t> offsets;
    std::vector<osmium::Location> locations;
  };
  std::vector<Block> blocks_;
  std::vector<std::uint64_t> first_ids_;
};

/// The index. set() in the order of the input (id_order), then get() from any thread.
class NodeLocations {
 public:
  /// `kind` must not be automatic; `path` is where a file is made. The file is removed at the end.
  static std::unique_ptr<NodeLocations> create(const NodeIndexOptions& options);
  virtual ~NodeLocations() = default;

  void set(osmium::object_id_type id, osmium::Location location);
  [[nodiscard]] osmium::Location get(osmium::object_id_type id) const noexcept;

 protected:
  virtual void set_positive(std::uint64_t id, osmium::Location location) = 0;
  [[nodiscard]] virtual osmium::Location get_positive(std::uint64_t id) const noexcept = 0;

 private:
  PackedLocations negative_;  // ids of editors' files not uploaded yet: always few
};

}  // namespace skyglot
