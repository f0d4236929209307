// SPDX-License-Identifier: Apache-2.0
#include "osm/object_store.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "geo/sqlite.hpp"
#include "osm/antimeridian.hpp"
#include "osm/import_testing.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>

namespace skyglot {
namespace {

std::vector<std::int64_t> osm_ids_in(ObjectStore& store, const Box& box) {
  std::vector<std::int64_t> ids;
  store.for_each_in(box, [&](const MapObject& object) { ids.push_back(object.osm_id); });
  std::ranges::sort(ids);
  return ids;
}

TEST(ObjectStore, FindsObjectsAcrossTheAntimeridian) {
  const ImportOptions options =
      import_of({write_osm("map.osm", osm_node(1, 179.9, -17, "natural=tree") +
                                          osm_node(2, -179.9, -17, "natural=tree") +
                                          osm_node(3, 0, 0, "natural=tree"))});
  (void)import_objects(options);
  const auto store = ObjectStore::open(options.output);
  const std::vector<std::int64_t> both{1, 2};
  EXPECT_EQ(osm_ids_in(*store, {179.8, -18, 180.2, -16}), both);
  EXPECT_EQ(osm_ids_in(*store, {-180.2, -18, -179.8, -16}), both);
  EXPECT_EQ(osm_ids_in(*store, {179.8, -18, 180, -16}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(osm_ids_in(*store, {-180, -90, 180, 90}).size(), 3U);
  EXPECT_TRUE(osm_ids_in(*store, {}).empty());
  EXPECT_EQ(store->extent_lonlat(), (Box{-179.9, -17, 179.9, 0}));
}

TEST(ObjectStore, AnswersByTag) {
  const ImportOptions options = import_of(
      {write_osm("map.osm", osm_node(1, 1, 1, "natural=tree;height=3") +
                                osm_node(2, 2, 2, "natural=tree") + osm_node(3, 3, 3, "a=b"))});
  (void)import_objects(options);
  const auto store = ObjectStore::open(options.output);
  const auto tags = store->tags();
  ASSERT_EQ(tags.size(), 3U);
  EXPECT_EQ(tags[0].tag, (Tag{"a", "b"}));
  EXPECT_EQ(tags[2].tag, (Tag{"natural", "tree"}));
  EXPECT_EQ(tags[2].objects, 2);
  for (const std::int64_t fid : store->ids_with_tag(tags[2].id))
    EXPECT_NE(find_value(store->object(fid).tags, "natural"), nullptr);
  EXPECT_EQ(store->ids_with_tag(tags[2].id).size(), 2U);
  EXPECT_TRUE(store->ids_with_tag(99).empty());
  EXPECT_EQ(store->metadata().at("input"), "map.osm");
  EXPECT_EQ(store->metadata().at("points"), "3");
  EXPECT_EQ(store->metadata().at("skipped_duplicate"), "0");
  EXPECT_THROW((void)store->object(4), Error);
}

TEST(ObjectStore, SaysWhatIsNoStore) {
  EXPECT_THROW((void)ObjectStore::open("nowhere.gpkg"), Error);
  const auto path = test_folder() / "text.gpkg";
  write_file_atomically(path, std::string(5000, 'x'));
  EXPECT_THROW((void)ObjectStore::open(path.string()), Error);
  const auto other = test_folder() / "other.gpkg";
  std::filesystem::remove(other);
  Database(other, Database::Mode::create).execute("CREATE TABLE t (x)");
  EXPECT_THROW((void)ObjectStore::open(other.string()), Error);
}

TEST(Antimeridian, BoxesStayOnTheMap) {
  EXPECT_EQ(boxes_on_the_map({10, 0, 20, 5}).size(), 1U);
  EXPECT_EQ(boxes_on_the_map({179, 0, 181, 5}).size(), 2U);
  EXPECT_EQ(boxes_on_the_map({-181, 0, -179, 5}).size(), 2U);
  EXPECT_TRUE(boxes_on_the_map({}).empty());
}

// A store of one tree on which `sql` was run.
std::string store_after(const std::string& sql) {
  ImportOptions options = import_of({write_osm("map.osm", osm_node(1, 1, 1, "natural=tree"))});
  options.overwrite = true;
  (void)import_objects(options);
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(options.output.c_str(), &database), SQLITE_OK);
  // The triggers of the R-tree call functions that only GDAL has.
  std::string all;
  for (const char* name : {"update1", "update2", "update3", "update4", "update5", "update6",
                           "update7", "insert", "delete"})
    all += std::string("DROP TRIGGER IF EXISTS rtree_objects_geom_") + name + ";";
  EXPECT_EQ(sqlite3_exec(database, (all + sql).c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
  return options.output;
}

// What reading the only object says: the text of the Error(format).
std::string complaint_of(const std::string& path) {
  try {
    (void)ObjectStore::open(path)->object(1);
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    return error.what();
  }
}

TEST(ObjectStore, DamagedObjectsAreNamed) {
  EXPECT_EQ(complaint_of(store_after("")), "none");
  for (const char* change :
       {"geom = NULL", "geom = x'00'", "kind = 'x'", "kind = NULL", "tags = NULL", "tags = '[]'",
        "tags = '{'", "tags = '{\"a\":1}'", "tags = x'7B22FF223A22FF227D'",
        // NaN; an area without rings, with an empty ring and with a ring of a point; a line of one
        // point; no parts at all.
        "geom = x'4750000100000000' || x'0101000000' || x'000000000000F87F' || zeroblob(8)",
        "geom = x'4750000100000000' || x'010300000000000000'",
        "geom = x'4750000100000000' || x'01030000000100000000000000'",
        "geom = x'4750000100000000' || x'01030000000100000001000000' || zeroblob(16)",
        "geom = x'4750000100000000' || x'010200000001000000' || zeroblob(16)",
        "geom = x'4750000100000000' || x'010600000000000000'",
        // A line that calls itself a node.
        "geom = x'4750000100000000' || x'010200000002000000' || zeroblob(32)"}) {
    const std::string complaint =
        complaint_of(store_after(std::string("UPDATE objects SET ") + change));
    EXPECT_NE(complaint.find(".gpkg"), std::string::npos) << change << ": " << complaint;
    EXPECT_NE(complaint.find("object 1"), std::string::npos) << change << ": " << complaint;
  }
}

TEST(ObjectStore, DamagedTagsAreNamedOnAWalk) {
  const auto store = ObjectStore::open(store_after("UPDATE objects SET tags = NULL"));
  try {
    store->for_each_tags([](ObjectKind, const Tags&) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_NE(std::string(error.what()).find("object 1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace skyglot
