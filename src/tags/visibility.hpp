// SPDX-License-Identifier: Apache-2.0
// Which tags can be seen from above, and up to which ground sample distance.
#pragma once

#include "base/tag.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// The table tag -> seen or not, and the largest GSD. Look-up order: the exact tag, then the key
/// with value "*", then not visible. A table is a CSV with columns key, value, visible (yes|no),
/// max_gsd_m (0.1, 0.2, 0.6, 1, 10; empty if not visible); other columns are ignored.
class VisibilityTable {
 public:
  /// Throws Error(format) that names line and cell.
  [[nodiscard]] static VisibilityTable parse(std::string_view csv, const std::string& name);
  /// data/tag_labels.csv as built in.
  [[nodiscard]] static VisibilityTable built_in();

  /// Largest GSD in metres at which the tag can be told, or nothing if it cannot be seen.
  [[nodiscard]] std::optional<double> max_gsd_m(const Tag& tag) const;
  /// Largest of the tags' GSDs, or nothing if none is visible.
  [[nodiscard]] std::optional<double> max_gsd_m(const Tags& tags) const;
  /// Those that can be told at `gsd_m` (gsd_m <= their largest), in the order given.
  [[nodiscard]] Tags visible_at(const Tags& tags, double gsd_m) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  std::map<Tag, std::optional<double>> entries_;
};

}  // namespace skyglot
