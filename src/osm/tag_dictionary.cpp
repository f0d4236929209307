// SPDX-License-Identifier: Apache-2.0
#include "osm/tag_dictionary.hpp"

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

namespace skyglot {
namespace {

Tag tag_of(std::string_view text) {
  const std::size_t end = text.find('\0');
  return {std::string(text.substr(0, end)), std::string(text.substr(end + 1))};
}

std::string json_member(const Tag& tag) {
  return nlohmann::json(tag.key).dump() + ":" + nlohmann::json(tag.value).dump();
}

// LEB128: seven bits a byte, the last byte without the high bit.
void append_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
}

void walk_varints(std::string_view bytes, const std::function<void(std::int64_t)>& visit) {
  std::uint64_t sum = 0;
  std::uint64_t value = 0;
  int shift = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
    if (byte >= 0x80) continue;
    sum += value;
    visit(static_cast<std::int64_t>(sum));
    value = 0;
    shift = 0;
  }
}

}  // namespace

TagDictionary::Number TagDictionary::number_of(std::string_view text) {
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  if (entries_.size() == std::numeric_limits<Number>::max())
    fail(ErrorKind::resource, "more different tags than the store can number; import a part");
  const auto number = static_cast<Number>(entries_.size());
  const std::string_view kept = texts_.emplace_back(text);
  numbers_.emplace(kept, number);
  entries_.push_back({.text = kept, .json = json_member(tag_of(kept)), .fids = {}});
  return number;
}

void TagDictionary::number(std::string_view packed_tags, std::vector<Number>& numbers) {
  while (!packed_tags.empty()) {
    const std::size_t end = packed_tags.find('\0', packed_tags.find('\0') + 1);
    numbers.push_back(number_of(packed_tags.substr(0, end)));
    packed_tags.remove_prefix(end + 1);
  }
}

std::string TagDictionary::json(std::span<const Number> numbers) const {
  std::string text;
  for (const Number number : numbers)
    text.append(text.empty() ? "{" : ",").append(entries_[number].json);
  return text.append("}");
}

void TagDictionary::add_object(std::int64_t fid, std::span<const Number> numbers) {
  for (const Number number : numbers) {
    Entry& entry = entries_[number];
    append_varint(entry.fids, static_cast<std::uint64_t>(fid - entry.last_fid));
    entry.last_fid = fid;
    ++entry.objects;
  }
}

void TagDictionary::for_each(
    const std::function<void(const Tag&, std::int64_t, const WalkObjects&)>& visit) const {
  std::vector<Number> order(entries_.size());
  std::iota(order.begin(), order.end(), Number{0});
  // "key\0value" compares as (key, value), because no byte is below the NUL.
  std::ranges::sort(order, {}, [this](Number number) { return entries_[number].text; });
  for (const Number number : order) {
    const Entry& entry = entries_[number];
    visit(tag_of(entry.text), entry.objects,
          [&entry](const std::function<void(std::int64_t)>& each) {
            walk_varints(entry.fids, each);
          });
  }
}

}  // namespace skyglot
