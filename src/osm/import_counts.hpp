// SPDX-License-Identifier: Apache-2.0
// What became of every tagged object of the input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace skyglot {

/// Why a tagged object is not in the store.
enum class ImportSkip : std::size_t {
  only_ignored_tags,    ///< no tag is left after the ignore list
  duplicate,            ///< the input has a newer, or the same, version (overlapping extracts)
  deleted,              ///< its newest version is its deletion
  not_an_area,          ///< a relation that is neither multipolygon nor boundary
  node_missing,         ///< a way, or a way of the relation, whose nodes are not all in the input
  member_missing,       ///< a relation whose ways are not all in the input, or that has none
  invalid_coordinates,  ///< outside -180..180, -90..90, or no coordinates at all
  too_few_points,       ///< a line with fewer than two, an area with fewer than three places
  ring_open,            ///< the ways of the area do not close
  self_intersection,    ///< the outline crosses itself
  not_assembled,        ///< another fault of the rings, e.g. a segment used three times
  count
};

inline constexpr std::array<const char*, static_cast<std::size_t>(ImportSkip::count)>
    kImportSkipNames{"only_ignored_tags",   "duplicate",      "deleted",
                     "not_an_area",         "node_missing",   "member_missing",
                     "invalid_coordinates", "too_few_points", "ring_open",
                     "self_intersection",   "not_assembled"};

/// Sums over the input. tagged() == kept() + skipped_total(): nothing gets lost.
struct ImportCounts {
  std::int64_t nodes = 0;  ///< read, with or without tags
  std::int64_t ways = 0;
  std::int64_t relations = 0;
  std::int64_t tagged_nodes = 0;
  std::int64_t tagged_ways = 0;
  std::int64_t tagged_relations = 0;
  std::int64_t points = 0;  ///< kept
  std::int64_t lines = 0;
  std::int64_t areas = 0;
  std::int64_t tags_not_utf8 = 0;  ///< tags (not objects) dropped because their text is no UTF-8
  std::array<std::int64_t, static_cast<std::size_t>(ImportSkip::count)> skipped{};

  [[nodiscard]] std::int64_t tagged() const {
    return tagged_nodes + tagged_ways + tagged_relations;
  }
  [[nodiscard]] std::int64_t kept() const { return points + lines + areas; }
  [[nodiscard]] std::int64_t skipped_total() const;
  void skip(ImportSkip reason) { ++skipped.at(static_cast<std::size_t>(reason)); }
  [[nodiscard]] std::int64_t of(ImportSkip reason) const {
    return skipped.at(static_cast<std::size_t>(reason));
  }
  /// ", 12 node_missing, 3 ring_open": every reason that occurs; "" if none does.
  [[nodiscard]] std::string skipped_text() const;
  ImportCounts& operator+=(const ImportCounts& other);
};

}  // namespace skyglot
