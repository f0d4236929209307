// SPDX-License-Identifier: Apache-2.0
#include "osm/import.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "osm/import_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// A square of nodes 1..4 with its corner at (7, 43), and more beside it.
std::string square() {
  return osm_node(1, 7, 43) + osm_node(2, 7.01, 43) + osm_node(3, 7.01, 43.01) +
         osm_node(4, 7, 43.01);
}

std::map<std::string, MapObject> objects_of(const std::string& store_name) {
  const auto store = ObjectStore::open(store_name);
  std::map<std::string, MapObject> found;
  for (std::int64_t fid = 1; fid <= store->size(); ++fid) {
    MapObject object = store->object(fid);
    EXPECT_EQ(object.fid, fid);
    found.emplace(object_key(object.kind, object.osm_id), std::move(object));
  }
  return found;
}

std::string error_of(const ImportOptions& options, ErrorKind kind) {
  try {
    (void)import_objects(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_FALSE(fs::exists(options.output));
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Import, MakesPointsLinesAndAreas) {
  const auto file =
      write_osm("map.osm", square() + osm_node(5, 7.005, 43.005, "natural=tree;source=survey") +
                               osm_way(10, {1, 2, 3}, "highway=residential") +
                               osm_way(11, {1, 2, 3, 4, 1}, "building=yes;area:note=x") +
                               osm_way(12, {1, 2, 3, 4, 1}, "highway=primary;junction=roundabout") +
                               osm_way(13, {4, 3, 2, 1, 4}, "") +
                               osm_relation(7, {13}, "type=multipolygon;landuse=forest"));
  const ImportOptions options = import_of({file});
  const ImportReport report = import_objects(options);
  EXPECT_EQ(report.counts.points, 1);
  EXPECT_EQ(report.counts.lines, 2);
  EXPECT_EQ(report.counts.areas, 2);
  const auto objects = objects_of(options.output);
  ASSERT_EQ(objects.size(), 5U);
  EXPECT_EQ(objects.at("n5").tags, (Tags{{"natural", "tree"}}));
  EXPECT_EQ(objects.at("n5").geometry_lonlat, Geometry::point({7.005, 43.005}));
  EXPECT_EQ(objects.at("w10").geometry_lonlat,
            Geometry::line({{7, 43}, {7.01, 43}, {7.01, 43.01}}));
  EXPECT_EQ(objects.at("a11").geometry_lonlat.kind, GeometryKind::polygon);
  EXPECT_EQ(objects.at("w12").geometry_lonlat.kind, GeometryKind::line);
  EXPECT_EQ(objects.at("a-7").tags, (Tags{{"landuse", "forest"}}));
  EXPECT_EQ(bounding_box(objects.at("a-7").geometry_lonlat), (Box{7, 43, 7.01, 43.01}));
}

TEST(Import, CountsWhatCannotBeKeptByReason) {
  const auto file = write_osm(
      "map.osm",
      square() + osm_node(5, 7, 43, "source=x") +
          "<node id=\"6\" version=\"1\" lon=\"7\" "
          "lat=\"95\"><tag k=\"natural\" v=\"tree\"/></node>" +
          osm_way(10, {1, 99}, "highway=path") + osm_way(11, {1, 3, 2, 4, 1}, "building=yes") +
          osm_way(12, {1}, "highway=path") + osm_way(13, {1, 2, 3}, "") +
          osm_relation(1, {13}, "type=multipolygon;landuse=forest") +
          osm_relation(2, {77}, "type=multipolygon;landuse=forest") +
          osm_relation(3, {13}, "type=route;route=bus") +
          osm_relation(4, {13}, "type=multipolygon") +
          osm_relation(5, {10}, "type=boundary;boundary=administrative") +
          osm_relation(6, {}, "type=multipolygon;landuse=forest") + osm_relation(7, {11}, ""));
  ImportOptions options = import_of({file});
  std::string why;
  try {
    (void)import_objects(options);
  } catch (const Error& error) {
    why = error.what();
  }
  EXPECT_THAT(why, testing::HasSubstr("no tagged object can be kept (11 tagged of"));
  const auto more = write_osm("more.osm", osm_node(900, 1, 1, "natural=tree"));
  options.inputs.push_back(more);
  const ImportCounts counts = import_objects(options).counts;
  EXPECT_EQ(counts.kept(), 1);
  EXPECT_EQ(counts.of(ImportSkip::only_ignored_tags), 2);
  EXPECT_EQ(counts.of(ImportSkip::invalid_coordinates), 1);
  EXPECT_EQ(counts.of(ImportSkip::node_missing), 2);
  EXPECT_EQ(counts.of(ImportSkip::self_intersection), 1);
  EXPECT_EQ(counts.of(ImportSkip::too_few_points), 1);
  EXPECT_EQ(counts.of(ImportSkip::ring_open), 1);
  EXPECT_EQ(counts.of(ImportSkip::member_missing), 2);
  EXPECT_EQ(counts.of(ImportSkip::not_an_area), 1);
  EXPECT_EQ(counts.tagged(), counts.kept() + counts.skipped_total());
}

TEST(Import, OverlappingExtractsGiveEveryObjectOnce) {
  const auto first = write_osm("first.osm", square() + osm_node(5, 7, 43, "natural=tree") +
                                                osm_way(10, {1, 2}, "highway=path"));
  const auto second = write_osm(
      "second.osm", square() + osm_node(5, 7, 43, "natural=peak") + osm_node(6, 8, 43) +
                        osm_way(10, {1, 2}, "highway=path") + osm_way(11, {4, 6}, "highway=track") +
                        osm_way(12, {1, 2, 3, 4, 1}, "") +
                        osm_relation(1, {12}, "type=multipolygon;landuse=grass"));
  const ImportOptions options = import_of({first, second, second});
  const ImportCounts counts = import_objects(options).counts;
  EXPECT_EQ(counts.kept(), 4);
  EXPECT_EQ(counts.of(ImportSkip::duplicate), 6);
  EXPECT_EQ(counts.tagged(), counts.kept() + counts.skipped_total());
  EXPECT_EQ(objects_of(options.output).at("n5").tags, (Tags{{"natural", "tree"}}));
}

TEST(Import, SameBytesForAnyThreadsMemoryAndNodeIndex) {
  std::string nodes;
  std::string ways;
  for (int i = 1; i <= 3000; ++i) {
    nodes += osm_node(i, 7 + (i % 70) * 0.001, 43 + i * 0.0001, i % 3 == 0 ? "natural=tree" : "");
    if (i > 3)
      ways += osm_way(i, {i, i - 1, i - 2, i}, "building=yes;name=" + std::to_string(i % 100));
  }
  ImportOptions options = import_of({write_osm("map.osm", nodes + ways)});
  (void)import_objects(options);
  const std::string expected = sha256_file(options.output);
  options.threads = 1;
  (void)import_objects(options);
  EXPECT_EQ(sha256_file(options.output), expected);
  options.threads = 4;
  for (const char* index : {"memory", "file", "dense"}) {
    options.node_index = parse_node_index(index);
    (void)import_objects(options);
    EXPECT_EQ(sha256_file(options.output), expected) << index;
  }
}

TEST(Import, TakesOtherRules) {
  const auto file =
      write_osm("map.osm", square() + osm_way(10, {1, 2, 3, 4, 1}, "highway=service;source=x"));
  ImportOptions options = import_of({file});
  options.ignore_list = test_folder() / "ignore.txt";
  options.area_rules = test_folder() / "areas.toml";
  write_file_atomically(options.ignore_list, "highway\n");
  write_file_atomically(options.area_rules, "[areas]\nhighway = \"all\"\n");
  EXPECT_EQ(import_objects(options).counts.areas, 1);
  EXPECT_EQ(objects_of(options.output).at("a10").tags, (Tags{{"source", "x"}}));
}

TEST(Import, RefusesToOverwriteUnlessAsked) {
  ImportOptions options = import_of({write_osm("map.osm", osm_node(1, 2, 3, "natural=tree"))});
  (void)import_objects(options);
  const std::string before = sha256_file(options.output);
  options.overwrite = false;
  EXPECT_THROW((void)import_objects(options), Error);
  EXPECT_EQ(sha256_file(options.output), before);
}

TEST(Import, NamesTheFileThatCannotBeRead) {
  const auto broken = [](const std::string& name, const std::string& bytes) {
    const fs::path path = test_folder() / name;
    write_file_atomically(path, bytes);
    ImportOptions options = import_of({path});
    fs::remove(options.output);
    return options;
  };
  using testing::HasSubstr;
  ImportOptions missing = import_of({test_folder() / "nowhere.osm.pbf"});
  fs::remove(missing.output);
  EXPECT_THAT(error_of(missing, ErrorKind::input), HasSubstr("nowhere.osm.pbf: no such file"));
  EXPECT_THAT(error_of(broken("a.o5m", "\xff\xe0"), ErrorKind::input), HasSubstr("a.o5m"));
  EXPECT_THAT(error_of(broken("a.tif", "II*"), ErrorKind::input), HasSubstr("a.tif"));
  EXPECT_THAT(error_of(broken("a.osm.pbf", "this is no PBF at all"), ErrorKind::format),
              HasSubstr("a.osm.pbf"));
  EXPECT_THAT(error_of(broken("a.osm", "<osm version='0.6'><node"), ErrorKind::format),
              HasSubstr("a.osm"));
  EXPECT_THAT(error_of(broken("b.osm", "<kml></kml>"), ErrorKind::format), HasSubstr("b.osm"));
  EXPECT_THAT(error_of(broken("a.osm.bz2", "BZh9nonsense"), ErrorKind::format),
              HasSubstr("a.osm.bz2"));
  EXPECT_THAT(error_of(broken("a.osm.gz", "nonsense"), ErrorKind::format), HasSubstr("a.osm.gz"));
  EXPECT_THAT(error_of(broken("c.osm", "<osm version='0.6'></osm>"), ErrorKind::input),
              HasSubstr("no tagged object"));
}

TEST(Import, NamesTheObjectThatIsOutOfOrder) {
  ImportOptions options =
      import_of({write_osm("map.osm", osm_node(2, 1, 1, "natural=tree") + osm_node(1, 1, 1))});
  fs::remove(options.output);
  EXPECT_THAT(error_of(options, ErrorKind::input), testing::HasSubstr("node 1 is not in order"));
}

TEST(Import, RefusesFormatsItDoesNotTrust) {
  const auto file = test_folder() / "map.osm.opl";
  ImportOptions options = import_of({write_osm("map.osm", osm_node(1, 2, 3, "natural=tree"))});
  options.inputs = {file};
  write_file_atomically(file, "n1 v1 x1 y1");
  fs::remove(options.output);
  EXPECT_THAT(error_of(options, ErrorKind::input), testing::HasSubstr("reads .osm.pbf"));
}

TEST(Import, OptionsReportEveryProblemAtOnce) {
  ImportOptions options;
  options.threads = 0;
  options.memory = 1;
  try {
    options.validate();
    FAIL() << "no error";
  } catch (const Error& error) {
    for (const char* word : {"OpenStreetMap file", "--output", "--threads", "--memory"})
      EXPECT_THAT(error.what(), testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace skyglot
