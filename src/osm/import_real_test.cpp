// SPDX-License-Identifier: Apache-2.0
// Real extracts against counts that osmium-tool gives for them: tagged objects by 'osmium cat -f
// opl' and data/import_ignore.txt applied by another program, relations that can be assembled by
// 'osmium export'.
#include "base/error.hpp"
#include "geo/sqlite.hpp"
#include "osm/import_testing.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

struct Expected {
  const char* file;
  std::int64_t nodes, ways, relations;
  std::int64_t tagged_nodes, tagged_ways, tagged_relations;
  std::int64_t points;          // nodes with a tag that is not ignored
  std::int64_t ways_kept;       // the same, less those below
  std::int64_t ways_unusable;   // a node missing, fewer than two places, or crossing itself
  std::int64_t relations_kept;  // that 'osmium export' makes polygons of
  std::int64_t not_area_relations;
};

const Expected kExpected[] = {
    {"osm/monaco.osm.pbf", 180118, 27377, 212, 3090, 27355, 212, 1669, 27308, 24, 27, 109},
    {"osm/helsinki_kamppi.osm.pbf", 24260, 5130, 620, 8106, 4912, 620, 7622, 4469, 404, 98, 496},
    {"pairs/manhattan/lower_manhattan.osm.pbf", 226805, 40635, 1566, 46362, 39483, 1566, 41986,
     39308, 169, 572, 955},
    {"pairs/berlin/berlin_mitte_stadtmitte.osm.bz2", 11279, 1322, 130, 1899, 1223, 130, 1512, 1223,
     0, 43, 74},
};

class ImportReal : public testing::TestWithParam<Expected> {
 protected:
  void SetUp() override {
    const auto file = testing_support::shared_data(GetParam().file);
    if (file.empty()) GTEST_SKIP() << "real data is not here: " << GetParam().file;
    options_ = import_of({file});
    report_ = import_objects(options_);
  }
  std::int64_t count(const std::string& sql) {
    Database database(options_.output, Database::Mode::read);
    return database.query_integer(sql).value_or(-1);
  }

  ImportOptions options_;
  ImportReport report_;
};

TEST_P(ImportReal, CountsAreThoseOfOsmiumTool) {
  const Expected& expected = GetParam();
  const ImportCounts& counts = report_.counts;
  EXPECT_EQ(counts.nodes, expected.nodes);
  EXPECT_EQ(counts.ways, expected.ways);
  EXPECT_EQ(counts.relations, expected.relations);
  EXPECT_EQ(counts.tagged_nodes, expected.tagged_nodes);
  EXPECT_EQ(counts.tagged_ways, expected.tagged_ways);
  EXPECT_EQ(counts.tagged_relations, expected.tagged_relations);
  EXPECT_EQ(counts.points, expected.points);
  EXPECT_EQ(counts.lines + counts.areas, expected.ways_kept + expected.relations_kept);
  EXPECT_EQ(counts.of(ImportSkip::not_an_area), expected.not_area_relations);
  EXPECT_EQ(counts.tagged(), counts.kept() + counts.skipped_total());
  EXPECT_EQ(count("SELECT count(*) FROM objects WHERE osm_id < 0"), expected.relations_kept);
  EXPECT_EQ(count("SELECT count(*) FROM objects WHERE osm_id > 0 AND kind != 'n'"),
            expected.ways_kept);
}

TEST_P(ImportReal, IndexesAgreeWithTheObjects) {
  EXPECT_EQ(count("SELECT count(*) FROM objects"), report_.counts.kept());
  EXPECT_EQ(count("SELECT count(*) FROM tags"), report_.tags);
  EXPECT_EQ(count("SELECT count(*) FROM tags t WHERE t.objects != "
                  "(SELECT count(*) FROM object_tags o WHERE o.tag_id = t.fid)"),
            0);
  EXPECT_EQ(count("SELECT count(*) FROM object_tags"),
            count("SELECT sum((SELECT count(*) FROM json_each(tags))) FROM objects"));
  EXPECT_EQ(count("SELECT count(*) FROM object_tags ot JOIN tags t ON t.fid = ot.tag_id JOIN "
                  "objects o ON o.fid = ot.object WHERE json_extract(o.tags, '$.\"' || t.key || "
                  "'\"') IS NOT t.value"),
            0);
  Database database(options_.output, Database::Mode::read);
  EXPECT_EQ(database.query_text("SELECT rtreecheck('rtree_objects_geom')"), "ok");
}

TEST_P(ImportReal, EveryObjectIsFoundByItsOwnBox) {
  const auto store = ObjectStore::open(options_.output);
  const Box extent = store->extent_lonlat();
  for (std::int64_t fid = 1; fid <= store->size(); fid += 13) {
    const Box box = bounding_box(store->object(fid).geometry_lonlat);
    EXPECT_TRUE(contains(extent, box)) << fid;
    const auto ids = store->ids_in(box);
    EXPECT_TRUE(std::ranges::binary_search(ids, fid)) << fid;
  }
}

INSTANTIATE_TEST_SUITE_P(Extracts, ImportReal, testing::ValuesIn(kExpected));

}  // namespace
}  // namespace skyglot
