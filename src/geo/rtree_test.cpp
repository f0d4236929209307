// SPDX-License-Identifier: Apache-2.0
#include "geo/rtree.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

Database fresh(const std::string& name) {
  const fs::path path = fs::path(testing::TempDir()) / name;
  fs::remove(path);
  return {path, Database::Mode::create};
}

// Boxes of all sizes over the world, by a fixed rule.
std::vector<Box> sample_boxes(int count) {
  std::vector<Box> boxes;
  std::uint64_t state = 42;
  const auto next = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  for (int i = 0; i < count; ++i) {
    const double x = -180 + 350 * next();
    const double y = -90 + 170 * next();
    const double side = i % 50 == 0 ? 10 * next() : 0.001 * next();
    boxes.push_back({x, y, x + side, y + side / 2});
  }
  return boxes;
}

std::set<std::int64_t> found_in(Database& database, const Box& box) {
  std::set<std::int64_t> ids;
  Statement query = database.prepare(
      "SELECT id FROM tree WHERE minx <= ?3 AND maxx >= ?1 AND miny <= ?4 AND maxy >= ?2");
  query.bind(1, box.min_x).bind(2, box.min_y).bind(3, box.max_x).bind(4, box.max_y);
  while (query.step()) ids.insert(query.integer(0));
  return ids;
}

class RtreeOf : public testing::TestWithParam<int> {};

TEST_P(RtreeOf, IsSoundAndFindsEverything) {
  Database database = fresh("tree" + std::to_string(GetParam()) + ".db");
  const std::vector<Box> boxes = sample_boxes(GetParam());
  std::vector<RtreeEntry> entries;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    entries.push_back(rtree_entry(static_cast<std::int64_t>(i) + 1, boxes[i]));
  write_rtree(database, "tree", entries);
  EXPECT_EQ(database.query_text("SELECT rtreecheck('tree')"), "ok");
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM tree"), GetParam());
  for (std::size_t i = 0; i < boxes.size(); i += 7)
    EXPECT_TRUE(found_in(database, boxes[i]).contains(static_cast<std::int64_t>(i) + 1));
}

// The edges are the sizes at which the tree gets another node or level.
INSTANTIATE_TEST_SUITE_P(Sizes, RtreeOf,
                         testing::Values(0, 1, 50, 51, 52, 102, 103, 2601, 2602, 20000));

TEST(Rtree, FindsExactlyWhatMeetsTheBox) {
  Database database = fresh("exact.db");
  const std::vector<Box> boxes = sample_boxes(5000);
  std::vector<RtreeEntry> entries;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    entries.push_back(rtree_entry(static_cast<std::int64_t>(i), boxes[i]));
  write_rtree(database, "tree", entries);
  const Box asked{-20, -30, 15, 40};
  std::set<std::int64_t> expected;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    if (intersects(boxes[i], asked)) expected.insert(static_cast<std::int64_t>(i));
  EXPECT_EQ(found_in(database, asked), expected);
}

TEST(Rtree, TakesChangesAfterwards) {
  Database database = fresh("changed.db");
  std::vector<RtreeEntry> entries;
  for (const Box& box : sample_boxes(3000))
    entries.push_back(rtree_entry(static_cast<std::int64_t>(entries.size()), box));
  write_rtree(database, "tree", entries);
  database.execute("DELETE FROM tree WHERE id % 3 = 0");
  for (int i = 10000; i < 12000; ++i)
    database.execute("INSERT INTO tree VALUES (" + std::to_string(i) + ", 1, 2, 1, 2)");
  EXPECT_EQ(database.query_text("SELECT rtreecheck('tree')"), "ok");
  EXPECT_EQ(database.query_integer("SELECT count(*) FROM tree"), 2000 + 2000);
}

}  // namespace
}  // namespace skyglot
