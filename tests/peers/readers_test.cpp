// SPDX-License-Identifier: Apache-2.0
// The programs that are said to read our data sets do: webdataset, open_clip and geopandas as
// tests/peers/setup installs them. Skips where it has not run.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using Json = nlohmann::json;

fs::path peers_python() {
  const char* folder = std::getenv("SKYGLOT_READERS");
  const fs::path root = folder != nullptr
                            ? fs::path(folder)
                            : fs::path(SKYGLOT_SOURCE_DIR) / "build" / "peers-readers";
  return root / "bin" / "python";
}

class Readers : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(peers_python()))
      GTEST_SKIP() << "there is no " << peers_python() << "; tests/peers/setup makes it";
    folder_ = test_folder();
    world_ = make_catalogued_world(folder_ / "world");
  }

  [[nodiscard]] std::string out() const { return (folder_ / "out").string(); }

  void build(const std::string& patch) const {
    const ProgramResult built =
        run_skyglot({"build", "--objects", world_.path("objects.gpkg"), "--imagery",
                     world_.path("imagery.gpkg"), "--output", out(), "--shard-size", "60",
                     "--patch", patch, "--files"});
    ASSERT_EQ(built.exit_code, 0) << built.err;
  }

  [[nodiscard]] Json read() const {
    const std::string quoted = "'" + peers_python().string() +
                               "' '" SKYGLOT_SOURCE_DIR "/tests/peers/read_dataset.py' '" + out() +
                               "' > '" + out() + ".json' 2> '" + out() + ".err'";
    // Nothing is fetched: the tokenizer comes with the package.
    const int code = std::system(("HF_HUB_OFFLINE=1 " + quoted).c_str());
    if (code != 0) {
      ADD_FAILURE() << read_file(out() + ".err");
      return {};
    }
    return Json::parse(read_file(out() + ".json"));
  }

  fs::path folder_;
  SmallWorld world_;
};

std::vector<std::string> keys_of(const CsvTable& table) {
  std::vector<std::string> keys;
  for (const auto& row : table.rows) keys.push_back(fs::path(row.at(0)).stem());
  return keys;
}

void expect_all_read(const Json& found, const CsvTable& table, const Json& members) {
  const std::vector<std::string> keys = keys_of(table);
  ASSERT_EQ(found.at("webdataset").size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    EXPECT_EQ(found.at("webdataset").at(i), Json::array({keys[i], table.rows[i].at(1), members}));
  for (const char* reader : {"open_clip", "open_clip_train"})
    EXPECT_EQ(found.at(reader), Json({{"pictures", keys.size()}, {"same", true}})) << reader;
  const Json shapes = Json::array({Json::array({3, 224, 224})});
  EXPECT_EQ(found.at("csv"), Json({{"pictures", keys.size()}, {"shapes", shapes}, {"same", true}}));
  const Json& places = found.at("geopandas");
  EXPECT_EQ(places.at("keys"), Json(keys));
  EXPECT_EQ(places.at("crs"), "EPSG:4326");
  EXPECT_EQ(places.at("kinds"), Json::array({"Polygon"}));
  EXPECT_NEAR(places.at("bounds").at(1), 52.35, 0.05);
}

TEST_F(Readers, GiveEveryPair) {
  for (const std::string patch : {"none", "beside"}) {
    build(patch);
    const Json found = read();
    ASSERT_FALSE(found.is_null());
    const CsvTable table = parse_csv(read_file(out() + "/pairs.csv"), "pairs.csv");
    ASSERT_GT(table.rows.size(), 100u);
    expect_all_read(found, table,
                    patch == "none" ? Json::array({"jpg", "json", "txt"})
                                    : Json::array({"jpg", "json", "tif", "txt"}));
    const Json info = Json::parse(read_file(out() + "/dataset.json"));
    EXPECT_EQ(found.at("geopandas").at("rows"), info.at("counts").at("objects_selected"));
    fs::remove_all(out());
  }
}

}  // namespace
}  // namespace skyglot::testing_support
