// SPDX-License-Identifier: Apache-2.0
#include "report/tile_map.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

PairRecord tile_at(double x, double y, double side = 0.001) {
  PairRecord record;
  record.outline_lonlat = Geometry::rectangle({x, y, x + side, y + side});
  record.centre_lonlat = {x + side / 2, y + side / 2};
  record.collection = "AE";
  return record;
}

std::uint64_t tiles_in(const DensityGrid& grid) {
  std::uint64_t sum = 0;
  for (const auto& [cell, count] : grid.tiles) sum += count;
  return sum;
}

TEST(TileMap, KeepsFewOutlinesAndCountsMany) {
  TileMap map(10);
  for (int i = 0; i < 10; ++i) map.add(tile_at(i * 0.01, 50));
  EXPECT_EQ(map.outlines().size(), 10u);
  EXPECT_EQ(map.outlines()[0].corners_lonlat.size(), 4u);
  map.add(tile_at(0.5, 50));
  EXPECT_TRUE(map.outlines().empty());
  EXPECT_EQ(map.tile_count(), 11u);
  EXPECT_EQ(tiles_in(map.density()), 11u);
}

TEST(TileMap, CellsStayFewWhateverTheOrder) {
  RandomStream random(1, "tiles");
  std::vector<PairRecord> records;
  for (int i = 0; i < 60'000; ++i)
    records.push_back(tile_at(random.uniform(-180, 180), random.uniform(-80, 80)));
  TileMap forward(0);
  TileMap backward(0);
  for (const PairRecord& r : records) forward.add(r);
  for (auto r = records.rbegin(); r != records.rend(); ++r) backward.add(*r);
  EXPECT_LE(forward.density().tiles.size(), 20'000u);
  EXPECT_EQ(tiles_in(forward.density()), 60'000u);
  EXPECT_EQ(forward.density().cell_deg, backward.density().cell_deg);
  EXPECT_EQ(forward.density().tiles, backward.density().tiles);
}

std::vector<MapTile> map_tiles(const std::vector<Point>& at) {
  TileMap map(1000);
  for (const Point p : at) map.add(tile_at(p.x, p.y));
  return map.outlines();
}

TEST(TileMap, DatelineIsNoTear) {
  const auto tiles = unwrapped_tiles(map_tiles({{179.99, -17}, {-179.99, -17}, {179.95, -17}}));
  Box box;
  for (const MapTile& tile : tiles)
    for (const Point p : tile.corners_lonlat) box.add(p);
  EXPECT_LT(box.width(), 0.1);
  EXPECT_EQ(places_of(tiles).size(), 1u);
}

TEST(TileMap, WestEndLiesInTheWidestGap) {
  EXPECT_DOUBLE_EQ(west_end({10, 20, 30}), -180);
  EXPECT_DOUBLE_EQ(west_end({-170, 170}), 0);
  EXPECT_DOUBLE_EQ(west_end({-170, 100, 190}), (-170 + 100) / 2.0);
}

TEST(TileMap, PlacesThatLieApartAreTold) {
  const auto tiles = map_tiles({{13.4, 52.5}, {-74, 40.7}, {-74.01, 40.71}, {-73.9, 40.7}});
  const auto places = places_of(tiles);
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].tiles.size(), 3u);
  EXPECT_NEAR(places[1].box_lonlat.min_x, 13.4, 1e-9);
}

}  // namespace
}  // namespace skyglot
