// SPDX-License-Identifier: Apache-2.0
// Rows put in the order of the ground, on disk where they do not fit the memory given.
#pragma once

#include "base/atomic_file.hpp"
#include "osm/map_object.hpp"
#include "osm/tag_dictionary.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// A row as it comes out; views are valid during the visit.
struct SortedRow {
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  Box box_lonlat;
  std::span<const TagDictionary::Number> tags;
  std::string_view blob;
};

/// Sorts rows along the Hilbert curve of their boxes' centres, then by kind and id: an order that
/// does not depend on the order in which they came. Past `memory` bytes sorted runs go to temporary
/// files beside `output`, which are merged at the end.
class RowSorter {
 public:
  RowSorter(std::uint64_t memory, std::filesystem::path output);
  ~RowSorter();
  RowSorter(const RowSorter&) = delete;
  RowSorter& operator=(const RowSorter&) = delete;

  void add(const SortedRow& row);
  /// Every row in order, once. Gives the memory back.
  void drain(const std::function<void(const SortedRow&)>& visit);
  [[nodiscard]] std::int64_t size() const { return size_; }

 private:
  struct Key {
    std::uint64_t curve;
    std::int64_t osm_id;
    ObjectKind kind;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Record {
    Key key;
    const char* bytes;
    std::size_t size;
  };
  class Run;
  char* allocate(std::size_t size);
  void sort_records();
  void spill();
  void merge(const std::function<void(const SortedRow&)>& visit);
  static SortedRow decoded(const Key& key, const char* bytes, std::size_t size);

  std::uint64_t memory_;
  std::filesystem::path output_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_used_ = 0;
  std::uint64_t held_ = 0;
  std::vector<Record> records_;
  std::vector<std::unique_ptr<Run>> runs_;
  std::int64_t size_ = 0;
};

}  // namespace skyglot
