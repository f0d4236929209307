// SPDX-License-Identifier: Apache-2.0
// An OpenStreetMap tag and the set of tags of one object.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// One key=value statement about a map object.
struct Tag {
  std::string key;
  std::string value;
  friend auto operator<=>(const Tag&, const Tag&) = default;
};

/// The tags of one object, sorted by key; keys are unique.
using Tags = std::vector<Tag>;

/// "highway=residential".
[[nodiscard]] std::string to_string(const Tag& tag);
/// Value of `key`, or nullptr.
[[nodiscard]] const std::string* find_value(const Tags& tags, std::string_view key);
/// {"highway":"residential","lanes":"2"}; the form tags have in every file of ours.
[[nodiscard]] std::string tags_to_json(const Tags& tags);
/// The inverse; throws Error(format) on anything else.
[[nodiscard]] Tags tags_from_json(std::string_view json);

}  // namespace skyglot
