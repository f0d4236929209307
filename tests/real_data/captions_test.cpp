// SPDX-License-Identifier: Apache-2.0
// Real maps and pictures become data sets; the captions of objects checked by hand are asserted.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

struct Place {
  std::string map;      ///< below the real data
  std::string imagery;  ///< folder below the real data
  std::string code;
  std::string date;
  std::vector<std::string> options;  ///< of the build
};

// Only one chip of 78 m lies inside the Manhattan extract, so its tiles are smaller than usual; the
// Berlin chip has 256 pixels of 5.8 m.
const Place kManhattan{"pairs/manhattan/lower_manhattan.osm.pbf",
                       "pairs/manhattan",
                       "HR",
                       "2018-06-01",
                       {"--point-min-px", "64", "--point-max-px", "96", "--polygon-fit-min-px",
                        "20", "--polygon-min-px", "64"}};
const Place kBerlin{"pairs/berlin/berlin_mitte_stadtmitte.osm.bz2",
                    "pairs/berlin",
                    "S2",
                    "2020-07-01",
                    {"--point-min-px", "64", "--point-max-px", "120", "--polygon-fit-min-px", "16",
                     "--polygon-min-px", "64"}};

class RealCaptions : public testing::Test {
 protected:
  // Object key -> row of pairs.csv.
  std::map<std::string, std::vector<std::string>> build(const Place& place) {
    if (shared_data(place.map).empty()) return {};
    const fs::path folder = test_folder();
    const auto path = [&](const char* name) { return (folder / name).string(); };
    expect_success(
        {"objects", "import", shared_data(place.map).string(), "--output", path("o.gpkg")});
    expect_success({"imagery", "scan", shared_data(place.imagery).string(), "--collection",
                    place.code, "--date", place.date, "--output", path("i.gpkg")});
    std::vector<std::string> arguments{"build",     "--objects",    path("o.gpkg"),
                                       "--imagery", path("i.gpkg"), "--output",
                                       path("d"),   "--cells",      "0"};
    arguments.insert(arguments.end(), place.options.begin(), place.options.end());
    expect_success(arguments);
    std::map<std::string, std::vector<std::string>> rows;
    for (auto& row : parse_csv(read_file(folder / "d" / "pairs.csv"), "pairs.csv").rows) {
      const std::string key = fs::path(row[0]).stem().string();
      rows[key.substr(0, key.find('_'))] = std::move(row);
    }
    return rows;
  }

  static void expect_success(const std::vector<std::string>& arguments) {
    const ProgramResult result = run_skyglot(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
};

// Checked against the tags that `osmium getid` shows of each object.
TEST_F(RealCaptions, Manhattan) {
  const auto rows = build(kManhattan);
  if (rows.empty()) GTEST_SKIP() << "the real data is not there";
  const std::map<std::string, std::string> titles{
      {"w1149800529", "road of footway, footway of sidewalk"},
      {"w893536828", "road of footway, footway of sidewalk"},
      {"w403405990", "road of residential, surface of asphalt"},
      {"w893536830", "road of footway, footway of crossing, crossing of marked, crossing markings"},
      {"n8304498523", "road of crossing, crossing of marked, crossing markings"},
      {"a310934546", "building part, roof shape of flat, roof colour of grey"},
      {"a310934551", "building part, roof shape of flat, roof colour of grey"},
      {"a311009355", "building part, roof shape of flat, roof colour of lightgray"}};
  for (const auto& [key, title] : titles) {
    ASSERT_TRUE(rows.contains(key)) << key;
    EXPECT_EQ(rows.at(key)[1], "a satellite image of " + title) << key;
  }
  // Worth Street lies between the sidewalks and crossings that are mapped beside it.
  EXPECT_THAT(
      rows.at("w403405990")[2],
      StartsWith(
          "a satellite image of road of residential with surface of asphalt, surrounded by "));
  EXPECT_THAT(rows.at("w403405990")[2], HasSubstr("road of footway with footway of sidewalk"));
  // The tower part stands on the building that holds it.
  EXPECT_THAT(rows.at("a310934546")[2], HasSubstr("surrounded by building"));
}

TEST_F(RealCaptions, Berlin) {
  const auto rows = build(kBerlin);
  if (rows.empty()) GTEST_SKIP() << "the real data is not there";
  for (const char* key : {"a47935804", "a-12794320"}) {
    ASSERT_TRUE(rows.contains(key)) << key;
    EXPECT_EQ(rows.at(key)[1], "a satellite image of landuse of residential") << key;
  }
}

}  // namespace
}  // namespace skyglot::testing_support
