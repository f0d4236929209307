// SPDX-License-Identifier: Apache-2.0
#include "dataset/splits.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Splits, SharesComeOutAsAsked) {
  const SplitRules rules{.seed = 1, .val_fraction = 0.1, .test_fraction = 0.2, .block_deg = 0.02};
  int counts[3] = {};
  RandomStream random(1, "splits");
  for (int i = 0; i < 20000; ++i) {
    const double x = random.uniform(-180, 180);
    const double y = random.uniform(-80, 80);
    ++counts[static_cast<int>(split_of({x, y, x, y}, rules))];
  }
  EXPECT_NEAR(counts[1] / 20000.0, 0.1, 0.01);
  EXPECT_NEAR(counts[2] / 20000.0, 0.2, 0.01);
}

TEST(Splits, NoTwoSplitsSeeTheSameGround) {
  const SplitRules rules{.seed = 3, .val_fraction = 0.2, .test_fraction = 0.2, .block_deg = 0.01};
  RandomStream random(2, "tiles");
  std::vector<Box> tiles;
  std::vector<Split> splits;
  for (int i = 0; i < 1500; ++i) {
    const double x = random.uniform(179.95, 180.05);
    const double y = random.uniform(50, 50.1);
    const double side = random.uniform(0.0005, 0.003);
    const double turn = x > 180 && i % 2 == 0 ? -360 : 0;  // some seen from the other side
    tiles.push_back({x + turn, y, x + turn + side, y + side});
    splits.push_back(split_of(tiles.back(), rules));
  }
  const auto goes = overlapping_other_split(tiles, splits);
  int kept = 0;
  for (std::size_t a = 0; a < tiles.size(); ++a) {
    kept += goes[a] ? 0 : 1;
    for (std::size_t b = 0; b < a; ++b) {
      if (goes[a] || goes[b] || splits[a] == splits[b]) continue;
      for (const double turn : {-360.0, 0.0, 360.0})
        ASSERT_FALSE(intersects(shifted(tiles[a], turn, 0), tiles[b]));
    }
  }
  EXPECT_GT(kept, 1000);
}

}  // namespace
}  // namespace skyglot
