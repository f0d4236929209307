// SPDX-License-Identifier: Apache-2.0
// When a closed way is an area and when a line that ends where it began.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace skyglot {

/// What the tags of a closed way say, added up tag by tag.
enum class AreaVerdict {
  line,        ///< no rule matched
  area,        ///< a rule matched
  surely,      ///< area=yes
  surely_not,  ///< area=no
};

/// The rules of data/areas.toml.
class AreaRules {
 public:
  /// Throws Error(format) naming `name` and the key if the text is not as data/areas.toml says.
  AreaRules(std::string_view toml, const std::string& name);
  /// `so_far` after one more tag.
  [[nodiscard]] AreaVerdict after(AreaVerdict so_far, std::string_view key,
                                  std::string_view value) const;
  [[nodiscard]] static bool is_area(AreaVerdict verdict) {
    return verdict == AreaVerdict::area || verdict == AreaVerdict::surely;
  }

 private:
  struct Rule {
    bool listed_are_areas = false;
    std::set<std::string, std::less<>> values;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Rule, Hash, std::equal_to<>> rules_;
};

}  // namespace skyglot
