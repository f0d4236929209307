// SPDX-License-Identifier: Apache-2.0
#include "dataset/plan.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "dataset/memory_store_testing.hpp"
#include "raster/transform.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

namespace skyglot {
namespace {

using testing_support::MemoryMap;
using testing_support::MemoryStore;

constexpr const char* kPlanLabels =
    "key,value,visible,max_gsd_m\n"
    "natural,tree,yes,0.6\n"
    "natural,geyser,yes,0.6\n"
    "landuse,forest,yes,10\n"
    "building,yes,yes,1\n"
    "name,*,no,\n";

constexpr double kWest = 10;
constexpr double kNorth = 50;

// A collection of four scenes side by side and one coarse scene over all of them.
ImageryCatalogue imagery() {
  ImageryCatalogue catalogue;
  const auto add = [&](const char* code, double west, double pixel_deg, int side, double gsd_m) {
    if (catalogue.collections.empty() || catalogue.collections.back().code != code) {
      catalogue.collections.emplace_back();
      catalogue.collections.back().code = code;
    }
    Scene scene;
    scene.collection_code = code;
    scene.width = scene.height = side;
    scene.map_from_pixel = {west, pixel_deg, 0, kNorth, 0, -pixel_deg};
    scene.crs_wkt = "EPSG:4326";
    scene.gsd_m = gsd_m;
    const double edge = side * pixel_deg;
    scene.footprint_lonlat = Geometry::rectangle({west, kNorth - edge, west + edge, kNorth});
    scene.name = std::string(code) + std::to_string(catalogue.scenes.size());
    catalogue.scenes.push_back(scene);
  };
  for (int i = 0; i < 4; ++i) add("AE", kWest + i * 0.05, 5e-6, 10000, 0.5);
  add("S2", kWest, 1e-4, 2000, 10);
  return catalogue;
}

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    RandomStream random(3, "plan");
    for (int i = 0; i < 3000; ++i) {
      const Point at{random.uniform(kWest, kWest + 0.2), random.uniform(kNorth - 0.06, kNorth)};
      if (i % 4 == 0) map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point(at));
      if (i % 4 == 1) map_.add(ObjectKind::node, {{"name", "Hill"}}, Geometry::point(at));
      if (i % 4 == 2) map_.add(ObjectKind::node, {{"landuse", "forest"}}, Geometry::point(at));
      if (i % 4 == 3) {
        const double side = random.uniform(0.0002, 0.006);
        map_.add(ObjectKind::area, {{"building", "yes"}},
                 Geometry::rectangle({at.x, at.y, at.x + side, at.y + side}));
      }
    }
    map_.add(ObjectKind::node, {{"natural", "geyser"}}, Geometry::point({10.1, 49.9}));
    recipe_.seed = 4;
    recipe_.cells = 0;
    recipe_.shard_size = 100;
    recipe_.val_fraction = recipe_.test_fraction = 0.15;
    recipe_.split_block_deg = 0.02;
  }

  ~PlanTest() override { std::filesystem::remove(file_); }

  Plan plan(int threads) {
    const ImageryCatalogue catalogue = imagery();
    const BuildInputs inputs{.recipe = recipe_,
                             .catalogue = catalogue,
                             .aligned = AlignedScenes(catalogue),
                             .visibility = VisibilityTable::parse(kPlanLabels, "labels"),
                             .caption_rules = {},
                             .open_store = [&] { return std::make_unique<MemoryStore>(map_); }};
    std::filesystem::remove(file_);
    make_plan(inputs, {.threads = threads, .memory = 1 << 20}, file_);
    return Plan(file_);
  }

  static std::vector<PlannedItem> items_of(Plan& plan) {
    return plan.items(0, static_cast<std::size_t>(plan.counts().items));
  }
  static std::vector<PlannedItem> skipped_of(Plan& plan) {
    std::vector<PlannedItem> list;
    plan.for_each_skipped([&](const PlannedItem& item) { list.push_back(item); });
    return list;
  }

  MemoryMap map_;
  Recipe recipe_;
  std::filesystem::path file_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".plan");
};

TEST_F(PlanTest, AccountsForEverySelectedObjectOnce) {
  Plan made = plan(2);
  std::set<std::int64_t> seen;
  std::map<std::string, std::uint64_t> reasons;
  for (const PlannedItem& item : items_of(made)) EXPECT_TRUE(seen.insert(item.fid).second);
  for (const PlannedItem& item : skipped_of(made)) {
    EXPECT_TRUE(seen.insert(item.fid).second);
    ++reasons[item.skip_reason];
  }
  EXPECT_EQ(seen.size(), made.counts().selected());
  EXPECT_EQ(reasons, made.counts().skipped);
  EXPECT_GT(reasons["no_visible_tag"], 700U);
  EXPECT_EQ(made.counts().targeted_tags, 0U) << "the coarse scene covers the geyser's cell";
  EXPECT_GT(made.counts().items, 1500U);
}

TEST_F(PlanTest, IsTheSameForAnyNumberOfThreads) {
  Plan one = plan(1);
  const auto items = items_of(one);
  const auto skipped = skipped_of(one);
  const auto shards = one.shards();
  for (const int threads : {2, 7}) {
    Plan other = plan(threads);
    EXPECT_EQ(items_of(other), items);
    EXPECT_EQ(skipped_of(other), skipped);
    EXPECT_EQ(other.shards(), shards);
  }
  recipe_.seed = 5;
  Plan another = plan(1);
  EXPECT_NE(items_of(another), items);
}

TEST_F(PlanTest, ShardsPartTheItemsAndHoldOneSplitEach) {
  Plan made = plan(2);
  std::size_t next = 0;
  std::set<Split> splits;
  for (const PlannedShard& shard : made.shards()) {
    EXPECT_EQ(shard.first, next);
    EXPECT_GT(shard.size(), 0U);
    EXPECT_LE(shard.size(), 100U);
    next = shard.last;
    splits.insert(shard.split);
    for (const PlannedItem& item : made.items(shard.first, shard.last))
      EXPECT_EQ(item.split, shard.split);
  }
  EXPECT_EQ(next, made.counts().items);
  EXPECT_EQ(splits.size(), 3U);
}

TEST_F(PlanTest, ItemsFollowTheScenesFromTheTop) {
  Plan made = plan(2);
  const auto key = [](const PlannedItem& item) {
    return std::tuple(item.split, item.scene, item.tile.y / 1024, item.tile.x, item.tile.y,
                      item.fid);
  };
  EXPECT_TRUE(std::ranges::is_sorted(items_of(made), {}, key));
}

TEST_F(PlanTest, TilesOfTwoSplitsNeverOverlap) {
  Plan made = plan(2);
  const ImageryCatalogue catalogue = imagery();
  std::vector<std::pair<Box, Split>> tiles;
  for (const PlannedItem& item : items_of(made)) {
    const Scene& scene = catalogue.scenes[item.scene];
    Box box;
    const PixelWindow& t = item.tile;
    for (const Point corner :
         {Point{1.0 * t.x, 1.0 * t.y}, Point{1.0 * t.x + t.width, 1.0 * t.y + t.height}})
      box.add(map_from_pixel(scene.map_from_pixel, corner));
    tiles.emplace_back(box, item.split);
  }
  for (const auto& [a, split_a] : tiles)
    for (const auto& [b, split_b] : tiles) ASSERT_TRUE(split_a == split_b || !intersects(a, b));
}

TEST_F(PlanTest, AFileThatIsNoPlanIsNamed) {
  write_file_atomically(file_, "not a plan");
  EXPECT_THROW(Plan{file_}, Error);
}

}  // namespace
}  // namespace skyglot
