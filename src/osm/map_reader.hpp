// SPDX-License-Identifier: Apache-2.0
// One OpenStreetMap file read from its begin to its end, in the order of the file.
#pragma once

#include <osmium/memory/buffer.hpp>
#include <osmium/osm/entity_bits.hpp>
#include <osmium/thread/pool.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

/// Whoever reads throws Error, or what libosmium and the standard library throw where a file is
/// damaged.
class MapReader {
 public:
  virtual ~MapReader() = default;
  /// Some objects; invalid at the end.
  [[nodiscard]] virtual osmium::memory::Buffer read() = 0;
  /// Bytes of the file used so far.
  [[nodiscard]] virtual std::uint64_t offset() const = 0;
  /// Of the data ("2016-03-05T00:26:02Z"), "" if the file does not say.
  [[nodiscard]] virtual std::string timestamp() const { return ""; }
  /// What the file says of itself, or lacks, that its reader should know; sentences.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

/// Plain, gzip or bzip2 XML. Places in <nd> are read, deletions of editors (action="delete") become
/// invisible objects. Throws Error(io); Error(input) for change files, when read.
[[nodiscard]] std::unique_ptr<MapReader> open_xml_map(const std::filesystem::path& path,
                                                      osmium::osm_entity_bits::type entities);

}  // namespace skyglot
