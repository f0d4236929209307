// SPDX-License-Identifier: Apache-2.0
#include "search/index_tables.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <unistd.h>

namespace skyglot {
namespace {

// Two scenes of 10 m: one around 3 degrees east, one that the antimeridian runs through.
class WindowTables : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("windows-" + std::to_string(getpid()) + ".gpkg");
    std::filesystem::remove(path_);
    WindowTableWriter writer(path_);
    writer.add_scene(scene("EPSG:32631", "2020-05-01", "AA"), {"a0", "a1"}, two());
    writer.add_scene(scene("EPSG:32601", "", "BB"), {"b0", "b1"}, two());
    writer.add_pictures({"p"});
    writer.close();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  // Around the zone's middle; of zone 1 that is 177 degrees west, so the second lies further west.
  static Scene scene(const std::string& crs, const std::string& date, const std::string& code) {
    Scene scene;
    scene.fid = code == "AA" ? 1 : 2;
    scene.width = scene.height = 200;
    const double easting = code == "AA" ? 500000 : 165500;
    scene.map_from_pixel = {easting, 10, 0, 1000, 0, -10};
    scene.crs_wkt = crs;
    scene.gsd_m = 10;
    scene.date = date;
    scene.collection_code = code;
    return scene;
  }
  static std::vector<SearchWindow> two() {
    return {{{0, 0, 100, 100}, 1000}, {{100, 100, 100, 100}, 1000}};
  }

  std::filesystem::path path_;
};

using Rows = std::vector<std::int64_t>;

TEST_F(WindowTables, RowsComeBackAsTheyWent) {
  WindowTable table(path_, 5);
  const IndexedWindow window = table.window(1);
  EXPECT_EQ(window.id, "a1");
  EXPECT_EQ(window.scene_fid, 1);
  EXPECT_EQ(window.pixels, (PixelWindow{100, 100, 100, 100}));
  EXPECT_EQ(window.date, "2020-05-01");
  const Box box = bounding_box(window.footprint_lonlat);
  EXPECT_NEAR(box.min_x, 3.009, 0.001);
  EXPECT_EQ(table.window(4).id, "p");
  EXPECT_FALSE(table.window(4).scene_fid);
  EXPECT_TRUE(table.window(4).footprint_lonlat.parts.empty());
}

TEST_F(WindowTables, BoxesHoldCentresOnEitherSideOfTheAntimeridian) {
  WindowTable table(path_, 5);
  const auto in = [&](Box box) { return table.passing({.bbox_lonlat = box}); };
  EXPECT_EQ(in({2, -1, 4, 1}), (Rows{0, 1}));
  EXPECT_EQ(in({3.008, -1, 4, 1}), Rows{1});
  EXPECT_EQ(in({179, -1, 181, 1}), (Rows{2, 3}));
  EXPECT_EQ(in({-181, -1, -179, 1}), (Rows{2, 3}));
  EXPECT_EQ(in({10, -1, 20, 1}), Rows{});
}

TEST_F(WindowTables, AllFiltersMustHold) {
  WindowTable table(path_, 5);
  EXPECT_EQ(table.passing({.first_date = "2020-01-01"}), (Rows{0, 1}));
  EXPECT_EQ(table.passing({.last_date = "2020-01-01"}), Rows{});
  EXPECT_EQ(table.passing({.least_gsd_m = 5, .most_gsd_m = 20}), (Rows{0, 1, 2, 3}));
  EXPECT_EQ(table.passing({.collections = {"BB"}}), (Rows{2, 3}));
  EXPECT_EQ(table.passing({.first_date = "2020-01-01", .collections = {"BB"}}), Rows{});
  EXPECT_EQ(table.passing({}), (Rows{0, 1, 2, 3, 4}));
}

TEST_F(WindowTables, AnAreaHoldsCentres) {
  WindowTable table(path_, 5);
  const Geometry area = Geometry::polygon({{3, 0}, {3.02, 0}, {3, 0.02}, {3, 0}});
  EXPECT_EQ(table.passing({.areas_lonlat = {area}}), Rows{0});
  // What two areas share lies in both.
  EXPECT_EQ(table.passing({.areas_lonlat = {area, area}}), Rows{0});
}

TEST_F(WindowTables, PlacesAreHeldByWindows) {
  WindowTable table(path_, 5);
  EXPECT_EQ(table.holding({3.002, 0.004}), Rows{0});
  EXPECT_EQ(table.holding({50, 0}), Rows{});
}

TEST_F(WindowTables, ATableOfOtherVectorsIsRefused) {
  EXPECT_THROW(WindowTable(path_, 6), Error);
}

TEST(WindowFilters, NonsenseIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(WindowFilter{.bbox_lonlat = Box({nan, 0, 1, 1})}.validate(), Error);
  EXPECT_THROW(WindowFilter{.bbox_lonlat = Box({0, 5, 1, 4})}.validate(), Error);
  EXPECT_THROW(WindowFilter{.bbox_lonlat = Box({0, -91, 1, 4})}.validate(), Error);
  EXPECT_THROW(WindowFilter{.bbox_lonlat = Box({0, 0, 361, 4})}.validate(), Error);
  EXPECT_THROW(WindowFilter{.first_date = "yesterday"}.validate(), Error);
  EXPECT_THROW((WindowFilter{.first_date = "2021-01-02", .last_date = "2021-01-01"}.validate()),
               Error);
  EXPECT_THROW((WindowFilter{.least_gsd_m = 2, .most_gsd_m = 1}.validate()), Error);
  EXPECT_NO_THROW(WindowFilter{.bbox_lonlat = Box({179, 0, 181, 4})}.validate());
}

}  // namespace
}  // namespace skyglot
