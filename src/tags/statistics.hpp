// SPDX-License-Identifier: Apache-2.0
// Which tags occur on a map, how often, on what kind of object, alone or with which others.
#pragma once

#include "base/tag.hpp"
#include "tags/visibility.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skyglot {

/// Numbers of objects.
struct ObjectCounts {
  std::int64_t objects = 0;
  std::int64_t nodes = 0;
  std::int64_t ways = 0;
  std::int64_t areas = 0;
  std::int64_t alone = 0;  ///< objects that carry this tag only

  /// Counts one object of kind 'n', 'w' or 'a'.
  void add(char kind, bool is_alone);
};

struct TagRow {
  Tag tag;
  ObjectCounts counts;
  std::optional<double> max_gsd_m;  ///< from the visibility table; nothing: not visible
  bool labelled = false;            ///< whether that table knows the tag
};

struct KeyRow {
  std::string key;
  ObjectCounts counts;
  std::int64_t values = 0;           ///< distinct ones
  std::int64_t visible_objects = 0;  ///< objects whose value of the key can be seen at some GSD
};

struct TagTotals {
  ObjectCounts objects;              ///< alone: objects with a single tag
  std::int64_t visible_objects = 0;  ///< objects with at least one visible tag
  std::int64_t tags = 0;             ///< distinct
  std::int64_t keys = 0;             ///< distinct
  std::int64_t occurrences = 0;      ///< tags summed over objects
  std::int64_t visible_occurrences = 0;
  std::array<std::int64_t, 3> tags_with_at_least{};  ///< 10, 100, 1000 objects
};

/// Counts tags over all objects. Memory grows with the distinct tags (about 200 bytes each), not
/// with the objects. Rows come with the most frequent first, equals by tag.
class TagStatistics {
 public:
  explicit TagStatistics(VisibilityTable table) : table_(std::move(table)) {}

  /// One object of kind 'n', 'w' or 'a'.
  void add(char kind, const Tags& tags);
  [[nodiscard]] std::vector<TagRow> by_tag() const;
  [[nodiscard]] std::vector<KeyRow> by_key() const;
  [[nodiscard]] TagTotals totals() const;

 private:
  struct Seen {
    ObjectCounts counts;
    std::optional<double> max_gsd_m;
    bool labelled = false;
  };
  struct TagHash {
    std::size_t operator()(const Tag& tag) const noexcept;
  };
  Seen& seen(const Tag& tag);

  VisibilityTable table_;
  std::unordered_map<Tag, Seen, TagHash> tags_;
  ObjectCounts objects_;
  std::int64_t visible_objects_ = 0;
};

struct PairRow {
  Tag first;  ///< the more frequent of the two
  Tag second;
  std::int64_t objects = 0;  ///< that carry both
};

/// Counts which of some chosen tags stand together, exactly, in a second walk over the objects.
/// Memory is bounded by the square of the number of chosen tags: 1000 tags, 500,000 pairs at most.
class TagPairs {
 public:
  /// `chosen` most frequent first. With a `key`, only pairs in which one tag has it are counted.
  explicit TagPairs(std::vector<Tag> chosen, std::string key = "");

  void add(const Tags& tags);
  /// The most frequent first, equals in the order of `chosen`.
  [[nodiscard]] std::vector<PairRow> rows() const;

 private:
  [[nodiscard]] bool counts(std::size_t first, std::size_t second) const;

  std::vector<Tag> chosen_;
  std::map<Tag, std::size_t> index_;
  std::string key_;
  std::unordered_map<std::uint64_t, std::int64_t> objects_;
};

}  // namespace skyglot
