// SPDX-License-Identifier: Apache-2.0
#include "dataset/selection.hpp"

#include "base/random.hpp"
#include "dataset/memory_store_testing.hpp"
#include "geo/covered_cells.hpp"
#include "geo/overlay.hpp"

#include <gtest/gtest.h>

#include <set>

namespace skyglot {
namespace {

using testing_support::MemoryMap;
using testing_support::MemoryStore;

constexpr const char* kSelectionLabels =
    "key,value,visible,max_gsd_m\n"
    "natural,tree,yes,0.6\n"
    "natural,geyser,yes,1\n"
    "landuse,forest,yes,10\n"
    "name,*,no,\n";

class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    Scene scene;
    scene.footprint_lonlat = Geometry::rectangle({10, 50, 10.1, 50.1});
    catalogue_.scenes.push_back(scene);
    options_.seed = 1;
    options_.targeted_per_tag = 0;
  }

  Selection select() const {
    return select_objects([&] { return std::make_unique<MemoryStore>(map_); }, catalogue_, labels_,
                          options_);
  }

  static std::set<std::int64_t> listed(const FidSet& fids) {
    std::set<std::int64_t> list;
    for (FidSet::Cursor cursor(fids); cursor.peek(); cursor.advance()) list.insert(*cursor.peek());
    return list;
  }

  // Points, lines and polygons in and around the imagery.
  void scatter(int count) {
    RandomStream random(1, "scatter");
    for (int i = 0; i < count; ++i) {
      const Point at{random.uniform(9.95, 10.15), random.uniform(49.95, 50.15)};
      const double side = random.uniform(0.0005, i % 20 == 0 ? 0.05 : 0.004);
      const Point to{at.x + side, at.y + side};
      if (i % 3 == 0) map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point(at));
      if (i % 3 == 1)
        map_.add(ObjectKind::way, {{"name", "Way"}}, Geometry::line({at, {to.x, at.y}, to}));
      if (i % 3 == 2)
        map_.add(ObjectKind::area, {{"landuse", "forest"}},
                 Geometry::polygon({at, {to.x, at.y}, to, at}));
    }
  }

  MemoryMap map_;
  ImageryCatalogue catalogue_;
  VisibilityTable labels_ = VisibilityTable::parse(kSelectionLabels, "labels");
  SelectionOptions options_;
};

// The definition: every object is held against every drawn cell.
std::set<std::int64_t> in_cells(const MemoryMap& map, const ImageryCatalogue& catalogue,
                                const std::vector<std::uint64_t>& ranks) {
  CoveredCells cells({catalogue.scenes[0].footprint_lonlat}, 0.01);
  std::set<std::int64_t> found;
  for (const std::uint64_t rank : ranks)
    for (const MapObject& object : map.objects)
      if (overlaps(object.geometry_lonlat, cell_box_lonlat(cells.at(rank), 0.01)))
        found.insert(object.fid);
  return found;
}

TEST_F(SelectionTest, TakesEveryObjectOfTheDrawnCells) {
  scatter(600);
  CoveredCells covered({catalogue_.scenes[0].footprint_lonlat}, 0.01);
  options_.cells = 30;
  const Selection some = select();
  EXPECT_EQ(some.cells_with_imagery, covered.size());
  EXPECT_EQ(some.cells_drawn, 30U);
  EXPECT_EQ(listed(some.by_cell), in_cells(map_, catalogue_, draw_ranks(covered.size(), 30, 1)));
  EXPECT_EQ(some.by_tag.size(), 0U);
  options_.cells = 0;
  const Selection all = select();
  EXPECT_EQ(all.cells_drawn, covered.size());
  EXPECT_EQ(listed(all.by_cell),
            in_cells(map_, catalogue_, draw_ranks(covered.size(), covered.size(), 1)));
}

TEST_F(SelectionTest, IsTheSameForAnyNumberOfThreads) {
  scatter(300);
  options_.cells = 40;
  options_.targeted_per_tag = 5;
  const Selection one = select();
  options_.threads = 4;
  const Selection four = select();
  EXPECT_EQ(listed(one.by_cell), listed(four.by_cell));
  EXPECT_EQ(listed(one.by_tag), listed(four.by_tag));
  EXPECT_EQ(one.targeted_tags, four.targeted_tags);
}

TEST_F(SelectionTest, ShapesAreReadOnlyWhereTheBoxDoesNotTell) {
  for (int i = 0; i < 10; ++i)
    map_.add(ObjectKind::area, {{"landuse", "forest"}},
             Geometry::rectangle({10.002 + i * 0.01, 50.002, 10.008 + i * 0.01, 50.008}));
  options_.cells = 0;
  EXPECT_EQ(select().by_cell.size(), 10U);
  EXPECT_EQ(map_.shapes_read, 0U);
  map_.add(ObjectKind::area, {{"landuse", "forest"}},
           Geometry::rectangle({10.002, 50.002, 10.018, 50.008}));
  EXPECT_EQ(select().by_cell.size(), 11U);
  EXPECT_EQ(map_.shapes_read, 2U) << "once for each of the two cells whose edge it crosses";
}

TEST_F(SelectionTest, CellsWhereTheMapHasNothingAreNotLookedInto) {
  catalogue_.scenes[0].footprint_lonlat = Geometry::rectangle({0, 40, 20, 60});
  for (const Point at : {Point{10.003, 50.004}, Point{10.034, 50.021}})
    map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point(at));
  options_.cells = 0;
  const Selection found = select();
  EXPECT_EQ(found.cells_drawn, 4'004'001U) << "those along two edges count";
  EXPECT_EQ(found.by_cell.size(), 2U);
  EXPECT_LT(map_.boxes_asked, 50U);
}

TEST_F(SelectionTest, MapsOnTheOtherSideOfTheAntimeridianAreFound) {
  catalogue_.scenes[0].footprint_lonlat = Geometry::rectangle({179.9, 50, 180.1, 50.1});
  map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point({-179.953, 50.053}));
  options_.cells = 0;
  EXPECT_EQ(select().by_cell.size(), 1U);
}

TEST_F(SelectionTest, RareTagsAreFoundHoweverManyLieElsewhere) {
  // Two of ten thousand geysers lie over the imagery, in a cell that is not drawn.
  for (int i = 0; i < 9998; ++i)
    map_.add(ObjectKind::node, {{"natural", "geyser"}}, Geometry::point({-20, 65}));
  const auto first =
      map_.add(ObjectKind::node, {{"natural", "geyser"}}, Geometry::point({10.095, 50.095})).fid;
  map_.add(ObjectKind::node, {{"natural", "geyser"}}, Geometry::point({10.096, 50.096}));
  options_.cells = 1;
  options_.targeted_per_tag = 20;
  const Selection found = select();
  ASSERT_EQ(found.by_cell.size(), 0U) << "the cell drawn is another one";
  EXPECT_EQ(found.targeted_tags, 1U);
  EXPECT_EQ(listed(found.by_tag), (std::set<std::int64_t>{first, first + 1}));
}

TEST_F(SelectionTest, AsManyOfARareTagAreTakenAsAreWanted) {
  for (int i = 0; i < 500; ++i)
    map_.add(ObjectKind::node, {{"natural", "geyser"}}, Geometry::point({10.0955, 50.0955}));
  options_.cells = 1;
  options_.targeted_per_tag = 20;
  const auto taken = listed(select().by_tag);
  EXPECT_EQ(taken.size(), 20U);
  options_.seed = 2;
  EXPECT_NE(listed(select().by_tag), taken);
}

TEST_F(SelectionTest, TagsOfTheCellsAndTagsNobodySeesAreNotTargeted) {
  options_.cells = 1;
  options_.targeted_per_tag = 20;
  CoveredCells covered({catalogue_.scenes[0].footprint_lonlat}, 0.01);
  const Cell drawn = covered.at(draw_ranks(covered.size(), 1, 1)[0]);
  const Point inside = cell_box_lonlat(drawn, 0.01).centre();
  map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point(inside));
  const Point elsewhere{inside.x < 10.05 ? 10.095 : 10.005, inside.y};
  map_.add(ObjectKind::node, {{"natural", "tree"}}, Geometry::point(elsewhere));
  map_.add(ObjectKind::node, {{"name", "Hill"}}, Geometry::point(elsewhere));
  const Selection found = select();
  EXPECT_EQ(listed(found.by_cell), std::set<std::int64_t>{1});
  EXPECT_EQ(found.targeted_tags, 0U);
  EXPECT_EQ(found.by_tag.size(), 0U);
}

}  // namespace
}  // namespace skyglot
