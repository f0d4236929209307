// SPDX-License-Identifier: Apache-2.0
#include "tags/statistics.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace skyglot {
namespace {

constexpr std::array<std::int64_t, 3> kThresholds{10, 100, 1000};

void add_counts(ObjectCounts& sum, const ObjectCounts& more) {
  sum.objects += more.objects;
  sum.nodes += more.nodes;
  sum.ways += more.ways;
  sum.areas += more.areas;
  sum.alone += more.alone;
}

std::uint64_t pair_key(std::size_t first, std::size_t second) {
  return (static_cast<std::uint64_t>(first) << 32) | second;
}

}  // namespace

void ObjectCounts::add(char kind, bool is_alone) {
  ++objects;
  nodes += kind == 'n' ? 1 : 0;
  ways += kind == 'w' ? 1 : 0;
  areas += kind == 'a' ? 1 : 0;
  alone += is_alone ? 1 : 0;
}

std::size_t TagStatistics::TagHash::operator()(const Tag& tag) const noexcept {
  const std::hash<std::string> hash;
  return hash(tag.key) * 31 + hash(tag.value);
}

// The visibility of a tag is looked up once, when it is first met.
TagStatistics::Seen& TagStatistics::seen(const Tag& tag) {
  const auto [entry, is_new] = tags_.try_emplace(tag);
  if (is_new) {
    entry->second.max_gsd_m = table_.max_gsd_m(tag);
    entry->second.labelled = table_.knows(tag);
  }
  return entry->second;
}

void TagStatistics::add(char kind, const Tags& tags) {
  const bool alone = tags.size() == 1;
  bool visible = false;
  for (const Tag& tag : tags) {
    Seen& entry = seen(tag);
    entry.counts.add(kind, alone);
    visible = visible || entry.max_gsd_m.has_value();
  }
  objects_.add(kind, alone);
  visible_objects_ += visible ? 1 : 0;
}

std::vector<TagRow> TagStatistics::by_tag() const {
  std::vector<TagRow> rows;
  rows.reserve(tags_.size());
  for (const auto& [tag, entry] : tags_)
    rows.push_back({tag, entry.counts, entry.max_gsd_m, entry.labelled});
  std::ranges::sort(rows, {}, [](const TagRow& row) {
    return std::tuple<std::int64_t, const Tag&>(-row.counts.objects, row.tag);
  });
  return rows;
}

std::vector<KeyRow> TagStatistics::by_key() const {
  std::map<std::string, KeyRow> keys;
  for (const auto& [tag, entry] : tags_) {
    KeyRow& row = keys[tag.key];
    row.key = tag.key;
    ++row.values;
    add_counts(row.counts, entry.counts);
    row.visible_objects += entry.max_gsd_m ? entry.counts.objects : 0;
  }
  std::vector<KeyRow> rows;
  rows.reserve(keys.size());
  for (auto& [key, row] : keys) rows.push_back(std::move(row));
  std::ranges::stable_sort(rows, std::greater<>(),
                           [](const KeyRow& row) { return row.counts.objects; });
  return rows;
}

TagTotals TagStatistics::totals() const {
  TagTotals totals;
  totals.objects = objects_;
  totals.visible_objects = visible_objects_;
  totals.tags = static_cast<std::int64_t>(tags_.size());
  totals.keys = static_cast<std::int64_t>(by_key().size());
  for (const auto& [tag, entry] : tags_) {
    totals.occurrences += entry.counts.objects;
    totals.visible_occurrences += entry.max_gsd_m ? entry.counts.objects : 0;
    for (std::size_t i = 0; i < kThresholds.size(); ++i)
      totals.tags_with_at_least[i] += entry.counts.objects >= kThresholds[i] ? 1 : 0;
  }
  return totals;
}

TagPairs::TagPairs(std::vector<Tag> chosen, std::string key)
    : chosen_(std::move(chosen)), key_(std::move(key)) {
  for (const Tag& tag : chosen_) index_.emplace(tag, index_.size());
}

bool TagPairs::counts(std::size_t first, std::size_t second) const {
  return key_.empty() || chosen_[first].key == key_ || chosen_[second].key == key_;
}

void TagPairs::add(const Tags& tags) {
  std::vector<std::size_t> found;
  for (const Tag& tag : tags)
    if (const auto entry = index_.find(tag); entry != index_.end()) found.push_back(entry->second);
  std::ranges::sort(found);
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::size_t j = i + 1; j < found.size(); ++j)
      if (counts(found[i], found[j])) ++objects_[pair_key(found[i], found[j])];
}

std::vector<PairRow> TagPairs::rows() const {
  std::vector<std::pair<std::int64_t, std::uint64_t>> ordered;
  for (const auto& [pair, objects] : objects_) ordered.emplace_back(-objects, pair);
  std::ranges::sort(ordered);
  std::vector<PairRow> rows;
  rows.reserve(ordered.size());
  for (const auto& [negative, pair] : ordered)
    rows.push_back({chosen_[pair >> 32], chosen_[pair & 0xFFFFFFFF], -negative});
  return rows;
}

}  // namespace skyglot
