// SPDX-License-Identifier: Apache-2.0
// Which pictures stand for a whole data set: some of every kind, chosen without chance.
#pragma once

#include "records/pair_record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

/// Keeps up to 64 candidates for each main tag, collection and split (at most 4,096 in all),
/// then takes those that differ most. The choice depends on the records only, not on their order.
class ContactPicker {
 public:
  explicit ContactPicker(std::vector<std::string> main_keys) : main_keys_(std::move(main_keys)) {}

  void add(const PairRecord& record);
  /// Up to `count` records, without surroundings and outlines: new tags first, collections and
  /// splits evenly.
  [[nodiscard]] std::vector<PairRecord> pick(std::size_t count) const;

  /// The tag that says most about an object: the first of the main keys that it has.
  [[nodiscard]] Tag main_tag(const Tags& tags) const;

 private:
  struct Candidate {
    std::uint64_t draw = 0;
    PairRecord record;
  };
  std::vector<std::string> main_keys_;
  std::map<std::uint64_t, Candidate> candidates_;  // by hash of tag, collection and split
};

}  // namespace skyglot
