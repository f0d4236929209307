// SPDX-License-Identifier: Apache-2.0
// Files as servers, editors and other tools write them: versions, deletions, places in ways,
// Overpass's shortened answers.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "osm/import_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <osmium/builder/osm_object_builder.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/writer.hpp>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using osmium::memory::Buffer;
using testing::HasSubstr;

constexpr const char* kTree = R"(<tag k="natural" v="tree"/>)";

std::vector<std::string> keys_of(const ImportOptions& options) {
  const auto store = ObjectStore::open(options.output);
  std::vector<std::string> keys;
  for (std::int64_t fid = 1; fid <= store->size(); ++fid) {
    const MapObject object = store->object(fid);
    keys.push_back(object_key(object.kind, object.osm_id));
  }
  return keys;
}

MapObject only_object(const ImportOptions& options) {
  const auto store = ObjectStore::open(options.output);
  EXPECT_EQ(store->size(), 1);
  return store->object(1);
}

std::string error_of(const ImportOptions& options) {
  fs::remove(options.output);
  try {
    (void)import_objects(options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

std::string node_version(int id, int version, double lon, const std::string& inside = "",
                         const std::string& attributes = "") {
  return "<node id=\"" + std::to_string(id) + "\" version=\"" + std::to_string(version) +
         "\" timestamp=\"20" + std::to_string(10 + version) +
         "-01-01T00:00:00Z\" lat=\"50\" lon=\"" + format_double(lon) + "\" " + attributes + ">" +
         inside + "</node>";
}

std::string building(int version, const std::string& value) {
  return "<way id=\"1\" version=\"" + std::to_string(version) +
         R"("><nd ref="1"/><nd ref="2"/><tag k="building" v=")" + value + "\"/></way>";
}

// Two versions of everything, the newest not always last.
std::string twice() {
  return node_version(1, 1, 7) + node_version(1, 2, 8) + node_version(2, 2, 9) +
         node_version(2, 1, 7) + building(1, "yes") + building(3, "church") + building(2, "no");
}

TEST(ImportCases, TheNewestVersionOfAFileCounts) {
  const ImportOptions options = import_of({write_osm("twice.osm", twice())});
  const ImportCounts counts = import_objects(options).counts;
  EXPECT_EQ(counts.of(ImportSkip::duplicate), 2);
  const MapObject object = only_object(options);
  EXPECT_EQ(object.tags, (Tags{{"building", "church"}}));
  EXPECT_EQ(object.geometry_lonlat, Geometry::line({{8, 50}, {9, 50}}));
}

TEST(ImportCases, TheNewestVersionOfAllFilesCounts) {
  const auto old =
      write_osm("old.osm", node_version(1, 1, 7) + node_version(2, 1, 7) + building(1, "yes"));
  const auto late =
      write_osm("new.osm", node_version(1, 2, 8) + node_version(2, 2, 9) + building(2, "church"));
  for (const auto& files : {std::vector{old, late}, std::vector{late, old}}) {
    const ImportOptions options = import_of(files);
    EXPECT_EQ(import_objects(options).counts.of(ImportSkip::duplicate), 1);
    const MapObject object = only_object(options);
    EXPECT_EQ(object.tags, (Tags{{"building", "church"}}));
    EXPECT_EQ(object.geometry_lonlat, Geometry::line({{8, 50}, {9, 50}}));
  }
}

// Buffers end where they like: an object's versions may lie in two of them, or in many.
TEST(ImportCases, VersionsInSeveralBuffersAreStillOneObject) {
  constexpr int kVersions = 9000;
  std::string rising;
  std::string falling;
  const std::string name = "<tag k=\"name\" v=\"" + std::string(200, 'x') + "\"/>";
  for (int version = 1; version <= kVersions; ++version) {
    const std::string tags = "<tag k=\"natural\" v=\"" + std::to_string(version) + "\"/>" + name;
    rising += "<node id=\"5\" version=\"" + std::to_string(version) + "\" lat=\"1\" lon=\"1\">" +
              tags + "</node>";
    falling += "<node id=\"6\" version=\"" + std::to_string(kVersions + 1 - version) +
               "\" lat=\"1\" lon=\"1\">" + tags + "</node>";
  }
  const ImportOptions options = import_of({write_osm("history.osm", rising + falling)});
  const ImportCounts counts = import_objects(options).counts;
  EXPECT_EQ(counts.points, 2);
  EXPECT_EQ(counts.of(ImportSkip::duplicate), 2 * (kVersions - 1));
  const auto store = ObjectStore::open(options.output);
  for (const auto& [fid, newest] : {std::pair(1, kVersions), {2, 1}})
    EXPECT_EQ(store->object(fid).tags.back().value, std::to_string(newest));
}

TEST(ImportCases, DeletedObjectsAreNotThere) {
  const ImportOptions options = import_of({write_osm(
      "deleted.osm",
      node_version(1, 1, 7, kTree) + node_version(1, 2, 7, kTree, "visible=\"false\"") +
          node_version(2, 3, 7, kTree, "visible='false'") +
          node_version(3, 1, 7, kTree, "visible=\"true\"") +
          node_version(4, 1, 7, kTree, "action='delete' visible='true'") +
          node_version(5, 1, 7, kTree, "action='modify'") +
          R"(<way id="1" version="2" visible="false"><nd ref="3"/><nd ref="5"/>)"
          R"(<tag k="highway" v="path"/></way>)"
          R"(<relation id="1" version="2" visible="false"><member type="way" ref="1" role=""/>)"
          R"(<tag k="type" v="multipolygon"/><tag k="natural" v="wood"/></relation>)")});
  const ImportCounts counts = import_objects(options).counts;
  EXPECT_EQ(keys_of(options), (std::vector<std::string>{"n3", "n5"}));
  EXPECT_EQ(counts.of(ImportSkip::deleted), 5);
  EXPECT_EQ(counts.of(ImportSkip::duplicate), 1);
  EXPECT_EQ(counts.tagged(), counts.kept() + counts.skipped_total());
}

TEST(ImportCases, NodesDeletedInAnEditorPlaceNothing) {
  const ImportOptions options =
      import_of({write_osm("deleted.osm", node_version(1, 1, 7, kTree) + node_version(2, 1, 8) +
                                              node_version(3, 1, 9, "", "action='delete'") +
                                              R"(<way id="1"><nd ref="2"/><nd ref="3"/>)"
                                              R"(<tag k="highway" v="path"/></way>)")});
  EXPECT_EQ(import_objects(options).counts.of(ImportSkip::node_missing), 1);
}

std::string local_square() {
  return R"(<node id="-1" lat="50" lon="9"/><node id="-2" lat="50" lon="9.1"/>)"
         R"(<node id="-3" lat="50.1" lon="9.1"><tag k="natural" v="tree"/></node>)";
}

TEST(ImportCases, PointsAndLinesOfAnEditorKeepTheirIds) {
  const ImportOptions options = import_of({write_osm(
      "drawn.osm",
      local_square() +
          R"(<node id="3" lat="50" lon="9.05"><tag k="natural" v="tree"/></node>)"
          R"(<way id="-7"><nd ref="-1"/><nd ref="-2"/><tag k="highway" v="path"/></way>)"
          R"(<way id="7"><nd ref="-1"/><nd ref="-2"/><tag k="highway" v="path"/></way>)")});
  (void)import_objects(options);
  EXPECT_THAT(keys_of(options), testing::UnorderedElementsAre("n-3", "n3", "w-7", "w7"));
}

// "a-7" is the area of relation 7: way -7 must not be called so, nor relation -7 "a7".
TEST(ImportCases, AreasOfAnEditorAreRefusedWithTheRemedy) {
  const std::string ring = R"(<nd ref="-1"/><nd ref="-2"/><nd ref="-3"/><nd ref="-1"/>)";
  const ImportOptions way =
      import_of({write_osm("way.osm", local_square() + "<way id=\"-7\">" + ring +
                                          R"(<tag k="building" v="church"/></way>)")});
  EXPECT_THAT(error_of(way), testing::AllOf(HasSubstr("way -7"), HasSubstr("osmium renumber")));
  const ImportOptions relation = import_of(
      {write_osm("relation.osm",
                 local_square() + "<way id=\"-8\">" + ring + "</way>" +
                     R"(<relation id="-7"><member type="way" ref="-8" role="outer"/>)"
                     R"(<tag k="type" v="multipolygon"/><tag k="natural" v="wood"/></relation>)")});
  EXPECT_THAT(error_of(relation), HasSubstr("relation -7"));
}

std::string placed_ring() {
  return R"(<nd ref="1" lat="50" lon="9"/><nd ref="2" lat="50" lon="9.1"/>)"
         R"(<nd ref="3" lat="50.1" lon="9.1"/><nd ref="1" lat="50" lon="9"/>)";
}

TEST(ImportCases, PlacesInTheWayAreRead) {
  const ImportOptions options = import_of(
      {write_osm("out-geom.osm",
                 "<note>n</note><meta osm_base=\"2024-01-01T00:00:00Z\"/><way id=\"1\"><bounds "
                 "minlat=\"50\" minlon=\"9\" maxlat=\"51\" maxlon=\"10\"/>" +
                     placed_ring() + R"(<tag k="building" v="church"/></way>)" +
                     R"(<relation id="2"><bounds minlat="50" minlon="9"/>)"
                     R"(<member type="way" ref="1" role="outer"><nd lat="50" lon="9"/></member>)"
                     R"(<tag k="type" v="multipolygon"/><tag k="natural" v="wood"/></relation>)")});
  EXPECT_EQ(import_objects(options).counts.areas, 2);
  EXPECT_EQ(keys_of(options), (std::vector<std::string>{"a-2", "a1"}));
}

void add_placed_way(Buffer& buffer) {
  osmium::builder::WayBuilder way(buffer);
  way.set_id(1);
  {
    osmium::builder::WayNodeListBuilder nodes(way);
    nodes.add_node_ref({1, {9.0, 50.0}});
    nodes.add_node_ref({2, {9.1, 50.0}});
    nodes.add_node_ref({3, {9.1, 50.1}});
    nodes.add_node_ref({1, {9.0, 50.0}});
  }
  osmium::builder::TagListBuilder tags(way);
  tags.add_tag("building", "church");
}

fs::path placed_pbf(const std::string& option, const std::string& value) {
  const fs::path path = test_folder() / "placed.osm.pbf";
  osmium::io::File file(path.string());
  file.set("locations_on_ways", "true");
  file.set(option, value);
  osmium::io::Writer writer(file, osmium::io::overwrite::allow);
  Buffer buffer(1024, Buffer::auto_grow::yes);
  add_placed_way(buffer);
  buffer.commit();
  writer(std::move(buffer));
  writer.close();
  return path;
}

TEST(ImportCases, PbfWithPlacesOnWaysNeedsNoNodes) {
  for (const char* compression : {"none", "zlib", "lz4"}) {
    const ImportOptions options = import_of({placed_pbf("pbf_compression", compression)});
    EXPECT_EQ(import_objects(options).counts.areas, 1) << compression;
  }
}

TEST(ImportCases, AnAnswerThatBrokeOffIsSaid) {
  const ImportOptions options = import_of({write_osm(
      "remark.osm", node_version(1, 1, 7, kTree) +
                        "<remark> runtime error: Query timed out after 25 seconds. </remark>")});
  const ImportReport report = import_objects(options);
  EXPECT_EQ(report.counts.points, 1);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings.front(),
              testing::AllOf(HasSubstr("remark.osm"), HasSubstr("Query timed out after 25 seconds"),
                             HasSubstr("a part only")));
}

TEST(ImportCases, CentresAreNoShapes) {
  const std::string way =
      R"(<way id="1"><center lat="50" lon="9"/><nd ref="1"/><nd ref="2"/><tag k="building" v="x"/></way>)";
  const ImportOptions alone = import_of({write_osm("alone.osm", way)});
  EXPECT_THAT(error_of(alone), testing::AllOf(HasSubstr("1 node_missing"), HasSubstr("(._;>;)")));
  const ImportOptions options =
      import_of({write_osm("center.osm", node_version(9, 1, 7, kTree) + way)});
  const ImportReport report = import_objects(options);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings.front(),
              testing::AllOf(HasSubstr("1 objects"), HasSubstr("'out center'")));
}

TEST(ImportCases, ChangeFilesAndEntitiesAreRefused) {
  const fs::path changes = test_folder() / "changes.osm";
  write_file_atomically(changes, "<osmChange version='0.6'><delete></delete></osmChange>");
  EXPECT_THAT(error_of(import_of({changes})), HasSubstr("osmium apply-changes"));
  const fs::path entities = test_folder() / "entities.osm";
  write_file_atomically(
      entities, "<!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'><note>&a;</note></osm>");
  try {
    (void)import_objects(import_of({entities}));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_THAT(error.what(), HasSubstr("entities"));
  }
}

}  // namespace
}  // namespace skyglot
