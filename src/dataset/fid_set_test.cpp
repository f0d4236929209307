// SPDX-License-Identifier: Apache-2.0
#include "dataset/fid_set.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

namespace skyglot {
namespace {

std::vector<std::int64_t> listed(const FidSet& fids) {
  std::vector<std::int64_t> list;
  for (FidSet::Cursor cursor(fids); cursor.peek(); cursor.advance()) list.push_back(*cursor.peek());
  return list;
}

TEST(FidSet, HoldsWhatASetHolds) {
  RandomStream random(1, "fids");
  FidSet fids;
  std::set<std::int64_t> expected;
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t fid = random.integer(-9000, 9000);
    EXPECT_EQ(fids.insert(fid), expected.insert(fid).second);
  }
  EXPECT_EQ(fids.size(), expected.size());
  EXPECT_EQ(listed(fids), std::vector<std::int64_t>(expected.begin(), expected.end()));
  for (std::int64_t fid = -9100; fid < 9100; ++fid)
    ASSERT_EQ(fids.contains(fid), expected.contains(fid));
}

TEST(FidSet, MayBeEmpty) {
  EXPECT_FALSE(FidSet::Cursor(FidSet()).peek().has_value());
}

TEST(FidSet, TakesAnyNumber) {
  using Limits = std::numeric_limits<std::int64_t>;
  FidSet fids;
  for (const std::int64_t fid : {Limits::max(), Limits::min(), std::int64_t{0}, std::int64_t{-1}})
    EXPECT_TRUE(fids.insert(fid));
  EXPECT_EQ(listed(fids), (std::vector<std::int64_t>{Limits::min(), -1, 0, Limits::max()}));
}

}  // namespace
}  // namespace skyglot
