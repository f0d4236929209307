// SPDX-License-Identifier: Apache-2.0
#include "osm/node_locations.hpp"

#include "base/error.hpp"
#include "osm/import_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using Kind = NodeIndexOptions::Kind;

class NodeLocationsOf : public testing::TestWithParam<Kind> {};

TEST_P(NodeLocationsOf, GivesBackWhatWasSetAndNothingElse) {
  const auto path = test_folder() / "index";
  std::filesystem::remove(path);
  {
    const auto index = NodeLocations::create({GetParam(), path});
    std::vector<osmium::object_id_type> ids{0, -1, -5};
    for (int i = 1; i < 10000; ++i) ids.push_back(i * 3);
    if (GetParam() != Kind::dense) ids.insert(ids.end(), {5'000'000'000, 80'000'000'000});
    for (const auto id : ids) index->set(id, {static_cast<std::int32_t>(id % 1000000), 7});
    for (const auto id : ids)
      EXPECT_EQ(index->get(id).x(), static_cast<std::int32_t>(id % 1000000)) << id;
    for (const osmium::object_id_type id : {-2L, 1L, 29998L, 4'999'999'999L, 90'000'000'000L})
      EXPECT_FALSE(index->get(id).is_defined()) << id;
  }
  EXPECT_FALSE(std::filesystem::exists(path)) << "an index is scratch";
}

INSTANTIATE_TEST_SUITE_P(Kinds, NodeLocationsOf,
                         testing::Values(Kind::memory, Kind::file, Kind::dense));

TEST(NodeLocations, RefusesToOverwriteAFile) {
  const auto path = write_osm("precious", "");
  EXPECT_THROW((void)NodeLocations::create({Kind::file, path}), Error);
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(NodeLocations, SaysWhenTheFileCannotGrow) {
  const auto path = test_folder() / "index";
  const auto index = NodeLocations::create({Kind::dense, path});
  for (const int bit : {59, 61, 62})  // the last two times eight bytes are beyond 64 bits
    EXPECT_THROW(index->set(std::int64_t{1} << bit, {1, 2}), Error) << bit;
}

TEST(NodeLocations, OptionIsParsed) {
  EXPECT_EQ(parse_node_index("auto").kind, Kind::automatic);
  EXPECT_EQ(parse_node_index("memory").kind, Kind::memory);
  EXPECT_EQ(parse_node_index("file").kind, Kind::file);
  EXPECT_EQ(parse_node_index("dense:/ssd/n.idx").path, "/ssd/n.idx");
  for (const char* text : {"", "disk", "memory:x", "auto:"})
    EXPECT_THROW((void)parse_node_index(text), Error) << text;
}

}  // namespace
}  // namespace skyglot
