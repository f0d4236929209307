// SPDX-License-Identifier: Apache-2.0
#include "records/pair_record.hpp"

#include "records/pairs_table.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

PairRecord sample_record() {
  PairRecord r;
  r.key = "a-42_S2_21";
  r.kind = ObjectKind::area;
  r.osm_id = -42;
  r.targeted = true;
  r.centre_lonlat = {7.5, 51.25};
  r.split = Split::val;
  r.collection = "S2";
  r.scene = "scene \"one\"";
  r.date = "2021-06-01";
  r.gsd_m = 10;
  r.width = 224;
  r.height = 300;
  r.outline_lonlat = Geometry::rectangle({7, 51, 8, 52});
  r.tags = {{"landuse", "forest"}};
  r.surrounding = {{{"highway", "track"}, {"surface", "gravel"}}, {{"natural", "water"}}};
  r.title = "a satellite image of landuse of forest";
  r.title_multi_objects = r.title + ", surrounded by natural water";
  r.shard = 3;
  r.offset = 1024;
  r.bytes = 9999;
  return r;
}

TEST(PairRecord, JsonIsLossless) {
  const PairRecord record = sample_record();
  const auto json = record_to_json(record);
  EXPECT_EQ(record_to_json(record_from_json(json)), json);
  EXPECT_EQ(record_from_json(json).outline_lonlat, record.outline_lonlat);
}

TEST(PairRecord, GeoPackageIsLossless) {
  const std::filesystem::path folder = testing::TempDir();
  PairRecord skipped;
  skipped.key = "n7";
  skipped.skip_reason = "no_imagery";
  skipped.outline_lonlat = {GeometryKind::polygon, {}};
  write_pairs(folder, {sample_record(), skipped});
  std::vector<PairRecord> back;
  read_pairs_gpkg(folder / "pairs.gpkg",
                  [&](PairRecord&& record) { back.push_back(std::move(record)); });
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(record_to_json(back[0]), record_to_json(sample_record()));
  EXPECT_EQ(back[1].skip_reason, "no_imagery");
  EXPECT_FALSE(back[1].is_pair());
}

TEST(PairRecord, SampleJsonHoldsSkyscriptsMetadata) {
  const auto json = nlohmann::json::parse(sample_json(sample_record(), "CC-BY"));
  EXPECT_EQ(json.at("box"), nlohmann::json({7.0, 51.0, 8.0, 52.0}));
  EXPECT_EQ(json.at("time"), nlohmann::json({2021, 6, 1, 0, 0}));
  EXPECT_EQ(json.at("center_tags").at("landuse"), "forest");
  EXPECT_EQ(json.at("surrounding_tags").size(), 2U);
}

}  // namespace
}  // namespace skyglot
