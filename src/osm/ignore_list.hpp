// SPDX-License-Identifier: Apache-2.0
// Which tags are dropped at import because they say nothing about what can be seen.
#pragma once

#include "base/tag.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace skyglot {

/// Patterns "key" or "key=value", each with '*' for any run of characters; '#' starts a comment.
class IgnoreList {
 public:
  /// Throws Error(format) naming the line if a pattern has no key.
  explicit IgnoreList(std::string_view text);
  [[nodiscard]] bool matches(std::string_view key, std::string_view value) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  void add(std::string_view pattern);

  // Most patterns are one key, a prefix or a suffix; those are cheaper than a glob.
  std::unordered_set<std::string, Hash, std::equal_to<>> keys_;
  std::array<std::vector<std::string>, 256> prefixes_;  // by their first byte
  std::vector<std::string> suffixes_;
  std::vector<Tag> globs_;
};

}  // namespace skyglot
