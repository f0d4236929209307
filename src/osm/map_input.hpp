// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap files read as one ordered stream of objects, each object once.
#pragma once

#include "osm/map_reader.hpp"

#include <osmium/osm/object.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Nodes, then ways, then relations, each in the order of their ids, merged from all files. Of an
/// object that comes more than once, in one file or several, all are marked removed() but the
/// newest by version, then time; of equals the first.
class MapInput {
 public:
  struct Options {
    std::vector<std::filesystem::path> files;
    osmium::osm_entity_bits::type entities = osmium::osm_entity_bits::nwr;
    int threads = 1;  ///< for decoding
  };
  /// Throws Error(input) or Error(format) that names the file if one is missing, of another kind,
  /// a history, or damaged.
  explicit MapInput(const Options& options);
  ~MapInput();
  MapInput(const MapInput&) = delete;
  MapInput& operator=(const MapInput&) = delete;

  /// The next objects; nothing at the end. Throws like the constructor, also where the objects of
  /// a file are not in order.
  [[nodiscard]] std::optional<osmium::memory::Buffer> next();
  /// Bytes read so far of all files; of bytes_total().
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::uint64_t bytes_total() const;
  /// Newest time stamp in the headers ("2016-03-05T00:26:02Z"), "" if none says.
  [[nodiscard]] std::string timestamp() const;
  /// Of all files; complete once they are read to the end.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  class Stream;
  void hold(osmium::memory::Buffer&& buffer);
  [[nodiscard]] std::optional<osmium::memory::Buffer> next_of_one();
  [[nodiscard]] std::optional<osmium::memory::Buffer> next_merged();
  [[nodiscard]] Stream* first_in_order();

  osmium::thread::Pool pool_;
  std::vector<std::unique_ptr<Stream>> streams_;
  // Of one file: buffers in which a mark may still be set, and where the newest version of the
  // object reached is. Only that one can still be overtaken.
  std::deque<osmium::memory::Buffer> held_;
  osmium::OSMObject* newest_ = nullptr;
  std::size_t newer_buffers_ = 0;  // how many held buffers lie behind that of newest_
};

}  // namespace skyglot
