// SPDX-License-Identifier: Apache-2.0
#include "report/contact_picker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace skyglot {
namespace {

PairRecord record(int id, const std::string& value, const std::string& collection, Split split) {
  PairRecord r;
  r.key = "a" + std::to_string(id);
  r.osm_id = id;
  r.tags = {{"building", value}, {"roof:shape", "flat"}};
  r.title = "building of " + value;
  r.collection = collection;
  r.split = split;
  return r;
}

// A thousand houses and a few of everything else.
std::vector<PairRecord> lopsided() {
  std::vector<PairRecord> records;
  for (int i = 0; i < 1000; ++i) records.push_back(record(i, "house", "AE", Split::train));
  for (int i = 0; i < 30; ++i)
    records.push_back(record(2000 + i, "kind" + std::to_string(i), "AE", Split::train));
  records.push_back(record(3000, "house", "S2", Split::train));
  records.push_back(record(3001, "house", "AE", Split::test));
  return records;
}

std::vector<std::string> picked_keys(const std::vector<PairRecord>& records, std::size_t count) {
  ContactPicker picker({"building"});
  for (const PairRecord& r : records) picker.add(r);
  std::vector<std::string> keys;
  for (const PairRecord& r : picker.pick(count)) keys.push_back(r.key);
  return keys;
}

TEST(ContactPicker, RareKindsStandBesideTheCommonOne) {
  ContactPicker picker({"building"});
  for (const PairRecord& r : lopsided()) picker.add(r);
  std::set<std::string> values;
  std::set<std::string> collections;
  std::set<Split> splits;
  for (const PairRecord& r : picker.pick(33)) {
    values.insert(*find_value(r.tags, "building"));
    collections.insert(r.collection);
    splits.insert(r.split);
  }
  EXPECT_EQ(values.size(), 31u);
  EXPECT_EQ(collections.size(), 2u);
  EXPECT_EQ(splits.size(), 2u);
}

TEST(ContactPicker, TheOrderOfTheRecordsDoesNotMatter) {
  auto records = lopsided();
  const auto forward = picked_keys(records, 20);
  std::ranges::reverse(records);
  EXPECT_EQ(forward, picked_keys(records, 20));
  EXPECT_EQ(forward.size(), 20u);
  EXPECT_EQ(std::set(forward.begin(), forward.end()).size(), 20u);
}

TEST(ContactPicker, FewRecordsGiveFewPictures) {
  EXPECT_TRUE(picked_keys({}, 10).empty());
  EXPECT_EQ(picked_keys({record(1, "house", "AE", Split::val)}, 10).size(), 1u);
}

TEST(ContactPicker, MainTagGoesByTheOrderOfTheKeys) {
  const ContactPicker picker({"power", "building"});
  EXPECT_EQ(picker.main_tag({{"building", "yes"}, {"power", "tower"}}).key, "power");
  EXPECT_EQ(picker.main_tag({{"shop", "x"}}).key, "shop");
  EXPECT_EQ(picker.main_tag({}), Tag{});
}

}  // namespace
}  // namespace skyglot
