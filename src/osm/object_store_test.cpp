// SPDX-License-Identifier: Apache-2.0
#include "osm/object_store.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "geo/sqlite.hpp"
#include "osm/antimeridian.hpp"
#include "osm/import_testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

std::vector<std::int64_t> osm_ids_in(ObjectStore& store, const Box& box) {
  std::vector<std::int64_t> ids;
  store.for_each_in(box, [&](MapObject&& object) { ids.push_back(object.osm_id); });
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

}  // namespace
}  // namespace skyglot
