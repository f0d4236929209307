// SPDX-License-Identifier: Apache-2.0
// Every different tag once, with the objects that carry it.
#pragma once

#include "base/tag.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace skyglot {

/// Numbers tags as they come and keeps, packed, which objects carry them.
class TagDictionary {
 public:
  using Number = std::uint32_t;

  /// Numbers of the tags in "key\0value\0...", appended to `numbers`. Throws Error(resource) past
  /// four thousand million different tags.
  void number(std::string_view packed_tags, std::vector<Number>& numbers);
  /// {"highway":"residential"} of those tags; their keys must be in order, as tags_to_json() has
  /// it.
  [[nodiscard]] std::string json(std::span<const Number> numbers) const;
  /// Notes that object `fid` carries them. Fids must ascend.
  void add_object(std::int64_t fid, std::span<const Number> numbers);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Every tag in the order of key, then value, with the number of its objects; `objects` walks
  /// over their fids in ascending order.
  using WalkObjects = std::function<void(const std::function<void(std::int64_t)>&)>;
  void for_each(const std::function<void(const Tag&, std::int64_t count,
                                         const WalkObjects& objects)>& visit) const;

 private:
  struct Entry {
    std::string_view text;  // "key\0value", in the map's own string
    std::string json;       // "key":"value" with its quotes
    std::int64_t objects = 0;
    std::int64_t last_fid = 0;
    std::string fids;  // differences, seven bits a byte
  };
  [[nodiscard]] Number number_of(std::string_view text);

  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, Number> numbers_;
  std::vector<Entry> entries_;
};

}  // namespace skyglot
