// SPDX-License-Identifier: Apache-2.0
// Which tags can be seen from above, and up to which ground sample distance.
#pragma once

#include "base/tag.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// The levels of a table, in metres: the largest GSD at which a tag can be told.
inline constexpr std::array<double, 5> kVisibilityLevelsM{0.1, 0.2, 0.6, 1, 10};

/// The coarsest GSD at which a tag of this level can be told: the level itself, but the last, 10 m,
/// means 10 m and coarser.
[[nodiscard]] double coarsest_gsd_m(double max_gsd_m);

/// The table tag -> seen or not, and the largest GSD at which it can be told. A table is a CSV with
/// columns key, value, visible (yes|no), max_gsd_m (0.1, 0.2, 0.6, 1, 10; empty if not visible; 10
/// means 10 m and coarser);
/// other columns are ignored.
///
/// Look-up, the first that applies:
///   1. the exact tag;
///   2. a value that is a list ("soccer;tennis") is judged part by part, each as a tag of its own:
///      the list can be told as long as one part can;
///   3. value "no" is not visible: absence is not judged;
///   4. the key with value "*";
///   5. not visible.
class VisibilityTable {
 public:
  /// Throws Error(format) that names the row and the cell.
  [[nodiscard]] static VisibilityTable parse(std::string_view csv, const std::string& name);
  /// data/tag_labels.csv as built in.
  [[nodiscard]] static VisibilityTable built_in();

  /// Largest GSD in metres at which the tag (of a list: any part) can be told, or nothing if it
  /// cannot be seen.
  [[nodiscard]] std::optional<double> max_gsd_m(const Tag& tag) const;
  /// Largest of the tags' GSDs, or nothing if none is visible.
  [[nodiscard]] std::optional<double> max_gsd_m(const Tags& tags) const;
  /// Those that can be told at `gsd_m` (gsd_m <= coarsest_gsd_m of their level), in the
  /// order given. Of a list
  /// value the parts that can be told remain: sport=soccer;chess becomes sport=soccer.
  [[nodiscard]] Tags visible_at(const Tags& tags, double gsd_m) const;
  /// Whether the table has an opinion: the tag, one part of its list, or its key with "*" is
  /// listed.
  [[nodiscard]] bool knows(const Tag& tag) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Every row: the tag, and its level or nothing where it is not visible.
  using Entries = std::map<Tag, std::optional<double>>;
  [[nodiscard]] const Entries& entries() const { return entries_; }

 private:
  [[nodiscard]] std::optional<double> max_gsd_m_of_one(const Tag& tag) const;
  [[nodiscard]] std::optional<Tag> visible_part(const Tag& tag, double gsd_m) const;

  Entries entries_;
};

}  // namespace skyglot
