// SPDX-License-Identifier: Apache-2.0
#include "report/contact_picker.hpp"

#include "base/hash.hpp"

#include <algorithm>

namespace skyglot {
namespace {

constexpr std::size_t kMostCandidates = 4096;
constexpr std::uint64_t kCandidatesEach = 64;

// What has been taken so far, and how little another of the same would add.
class Taken {
 public:
  [[nodiscard]] double repetition(const PairRecord& record, const Tag& tag) const {
    return 8.0 * of(to_string(tag)) + 2.0 * of(tag.key) + of("collection " + record.collection) +
           0.5 * of(split_name(record)) + 4.0 * of("caption " + record.title);
  }
  void add(const PairRecord& record, const Tag& tag) {
    for (const std::string& name : {to_string(tag), tag.key, "collection " + record.collection,
                                    split_name(record), "caption " + record.title})
      ++times_[name];
  }

 private:
  static std::string split_name(const PairRecord& record) {
    return "split " + std::string(to_string(record.split));
  }
  [[nodiscard]] double of(const std::string& name) const {
    const auto found = times_.find(name);
    return found == times_.end() ? 0 : found->second;
  }
  std::map<std::string, int> times_;
};

// Without what a contact sheet does not show; neighbours can be most of a record.
PairRecord slim(PairRecord record) {
  record.surrounding = {};
  record.outline_lonlat = {};
  return record;
}

}  // namespace

Tag ContactPicker::main_tag(const Tags& tags) const {
  for (const std::string& key : main_keys_)
    if (const std::string* value = find_value(tags, key)) return {key, *value};
  return tags.empty() ? Tag{} : tags.front();
}

void ContactPicker::add(const PairRecord& record) {
  const std::string kind = to_string(main_tag(record.tags)) + '\n' + record.collection + '\n' +
                           std::string(to_string(record.split));
  const std::uint64_t draw = stable_hash(record.key);
  Candidate& candidate = candidates_[mix(stable_hash(kind), draw % kCandidatesEach)];
  if (candidate.record.key.empty() || draw < candidate.draw) candidate = {draw, slim(record)};
  if (candidates_.size() > kMostCandidates) candidates_.erase(std::prev(candidates_.end()));
}

std::vector<PairRecord> ContactPicker::pick(std::size_t count) const {
  std::vector<const Candidate*> left;
  for (const auto& [kind, candidate] : candidates_) left.push_back(&candidate);
  std::vector<PairRecord> picked;
  Taken taken;
  while (picked.size() < count && !left.empty()) {
    const auto best = std::ranges::min_element(left, {}, [&](const Candidate* candidate) {
      const Tag tag = main_tag(candidate->record.tags);
      return std::pair(taken.repetition(candidate->record, tag), candidate->draw);
    });
    picked.push_back((*best)->record);
    taken.add(picked.back(), main_tag(picked.back().tags));
    left.erase(best);
  }
  return picked;
}

}  // namespace skyglot
