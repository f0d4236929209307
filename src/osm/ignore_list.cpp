// SPDX-License-Identifier: Apache-2.0
#include "osm/ignore_list.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cstdint>

namespace skyglot {

IgnoreList::IgnoreList(std::string_view text) {
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view pattern = trim(line);
    if (pattern.empty() || pattern.starts_with('#')) continue;
    if (pattern.starts_with('='))
      fail(ErrorKind::format, "ignore list, line {}: no key before '=' in '{}'; write key=value",
           number, pattern);
    add(pattern);
  }
}

void IgnoreList::add(std::string_view pattern) {
  const std::size_t equals = pattern.find('=');
  const std::string_view key = pattern.substr(0, equals);
  const auto stars = std::ranges::count(key, '*');
  if (equals != std::string_view::npos)
    globs_.push_back({std::string(key), std::string(pattern.substr(equals + 1))});
  else if (stars == 0)
    keys_.emplace(key);
  else if (stars == 1 && key.size() > 1 && key.ends_with('*'))
    prefixes_.at(static_cast<std::uint8_t>(key.front()))
        .emplace_back(key.substr(0, key.size() - 1));
  else if (stars == 1 && key.starts_with('*'))
    suffixes_.emplace_back(key.substr(1));
  else
    globs_.push_back({std::string(key), "*"});
}

bool IgnoreList::matches(std::string_view key, std::string_view value) const {
  if (keys_.contains(key)) return true;
  const std::uint8_t first = key.empty() ? 0 : static_cast<std::uint8_t>(key.front());
  const auto starts = [key](const std::string& prefix) { return key.starts_with(prefix); };
  const auto ends = [key](const std::string& suffix) { return key.ends_with(suffix); };
  if (std::ranges::any_of(prefixes_[first], starts) || std::ranges::any_of(suffixes_, ends))
    return true;
  return std::ranges::any_of(globs_, [&](const Tag& glob) {
    return matches_glob(key, glob.key) && matches_glob(value, glob.value);
  });
}

}  // namespace skyglot
