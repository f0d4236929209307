// SPDX-License-Identifier: Apache-2.0
// Everything a report counts, gathered in one pass over the rows of a data set.
#pragma once

#include "page/value_counts.hpp"
#include "records/pair_record.hpp"
#include "report/caption_counter.hpp"
#include "report/tile_map.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

using NameCounts = std::map<std::string, std::uint64_t>;
/// Indexed by Split.
using SplitCounts = std::array<std::uint64_t, 3>;

struct GatherOptions {
  std::size_t pictures = 48;        ///< for the contact sheet
  std::size_t max_outlines = 5000;  ///< on the map; more tiles become a density map
  std::size_t top_captions = 20;
};

struct Statistics {
  std::uint64_t rows = 0;  ///< pairs and skipped objects
  std::uint64_t targeted_rows = 0;
  std::uint64_t pairs = 0;
  std::uint64_t targeted_pairs = 0;
  NameCounts skipped_in_match;  ///< by reason, before a picture was cut
  NameCounts skipped_in_cut;    ///< by reason, while it was cut
  SplitCounts by_split{};
  std::map<std::string, SplitCounts> by_collection;
  std::map<std::string, ValueCounts> gsd_by_collection;
  NameCounts by_kind;  ///< node, way, area
  NameCounts by_year;  ///< "" if nobody knows
  ValueCounts gsd_m;
  ValueCounts width_px;
  ValueCounts height_px;
  ValueCounts longer_side_m;  ///< on the ground
  ValueCounts file_kb;        ///< the JPEG, or the GeoTIFF that stands for it
  ValueCounts tags_per_picture;
  ValueCounts similarity;                ///< of picture and title, where a filter has compared them
  ValueCounts similarity_multi_objects;  ///< of picture and title_multi_objects
  ValueCounts neighbours;                ///< other objects known in the picture
  std::map<Tag, std::uint64_t> tags;
  CaptionStatistics single;
  CaptionStatistics multi;
  TileMap tiles{0};
  std::vector<PairRecord> contact;  ///< the records of the contact sheet

  [[nodiscard]] std::uint64_t skipped() const;
};

/// Gives every record to its visitor, in order.
using RecordSource = std::function<void(const std::function<void(PairRecord&&)>&)>;

/// Memory: tens of bytes for each distinct caption and tag; nothing grows with the pictures.
[[nodiscard]] Statistics gather_statistics(const RecordSource& records,
                                           const GatherOptions& options);

struct TagCount {
  Tag tag;
  std::uint64_t pictures = 0;
};
/// Most frequent first, equal ones by name.
[[nodiscard]] std::vector<TagCount> by_frequency(const std::map<Tag, std::uint64_t>& tags);

}  // namespace skyglot
