// SPDX-License-Identifier: Apache-2.0
#include "osm/row_sorter.hpp"

#include "osm/import_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// "id:tags:blob" of every row in the order in which they come out.
std::vector<std::string> sorted(std::uint64_t memory, int count, int step) {
  RowSorter sorter(memory, test_folder() / "out.gpkg");
  for (int i = 0; i < count; ++i) {
    const int id = i * step % count;
    const double at = id * 0.001;
    const std::vector<TagDictionary::Number> tags(static_cast<std::size_t>(id % 4),
                                                  static_cast<TagDictionary::Number>(id));
    sorter.add({ObjectKind::way,
                id,
                {at, -at, at, -at},
                tags,
                std::string(static_cast<std::size_t>(id % 400), 'b')});
  }
  EXPECT_EQ(sorter.size(), count);
  std::vector<std::string> rows;
  sorter.drain([&](const SortedRow& row) {
    EXPECT_EQ(row.tags.size(), static_cast<std::size_t>(row.osm_id % 4));
    for (const auto tag : row.tags) EXPECT_EQ(tag, row.osm_id);
    EXPECT_EQ(row.blob.size(), static_cast<std::size_t>(row.osm_id % 400));
    EXPECT_DOUBLE_EQ(row.box_lonlat.min_x, static_cast<double>(row.osm_id) * 0.001);
    rows.push_back(std::to_string(row.osm_id));
  });
  return rows;
}

TEST(RowSorter, OrderDependsOnTheRowsOnly) {
  const auto in_memory = sorted(1 << 30, 20011, 1);
  ASSERT_EQ(in_memory.size(), 20011U);
  EXPECT_EQ(sorted(1 << 30, 20011, 7919), in_memory);
  EXPECT_EQ(sorted(2 << 20, 20011, 7919), in_memory) << "through files";
  for (const auto& entry : std::filesystem::directory_iterator(test_folder()))
    ADD_FAILURE() << "left behind: " << entry.path();
}

TEST(RowSorter, TakesARowLargerThanItsMemory) {
  RowSorter sorter(1000, test_folder() / "out.gpkg");
  const std::string blob(5 << 20, 'x');
  sorter.add({ObjectKind::node, 1, {0, 0, 0, 0}, {}, blob});
  sorter.add({ObjectKind::node, 2, {0, 0, 0, 0}, {}, blob});
  int rows = 0;
  sorter.drain([&](const SortedRow& row) {
    EXPECT_EQ(row.osm_id, ++rows);
    EXPECT_EQ(row.blob, blob);
  });
  EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace skyglot
