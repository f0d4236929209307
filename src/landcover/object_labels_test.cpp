// SPDX-License-Identifier: Apache-2.0
#include "landcover/object_labels.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/resource.hpp"
#include "osm/import.hpp"
#include "raster/transform.hpp"

#include "landcover/landcover_testing.hpp"
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

using Labels = std::vector<std::uint8_t>;

TEST(InnerLabels, KeepWhatIsAlikeAllAround) {
  const Labels labels{1, 1, 1, 2, 2,  //
                      1, 1, 1, 2, 2,  //
                      1, 1, 0, 2, 2};
  EXPECT_EQ(inner_labels(labels, 5, 1), (Labels{1, 1, 0, 0, 2,  //
                                                1, 0, 0, 0, 2,  //
                                                1, 0, 0, 0, 2}));
  EXPECT_EQ(inner_labels(labels, 5, 0), labels);
  EXPECT_EQ(inner_labels(Labels{3, 3, 3, 3}, 2, 9), (Labels{3, 3, 3, 3}));
}

TEST(ObjectRules, AreReadOrRefused) {
  const auto rules = parse_object_rules(load_resource("landcover_objects.csv"), "built-in");
  EXPECT_GT(rules.size(), 20U);
  EXPECT_EQ(rules.back().tag, (Tag{"building", "*"}));
  const std::string head = "key,value,class,rank,half_width_m,least_gsd_m,most_gsd_m\n";
  for (const char* damaged :
       {"", "a,b,c,x,0,0,9\n", "a,b,,1,0,0,9\n", "a,b,c,1,-2,0,9\n", "a,b,c,1,0,0\n"})
    EXPECT_THROW((void)parse_object_rules(head + damaged, "r.csv"), Error) << damaged;
}

// A scene of 100 x 100 half metres and a map whose shapes are given in its pixels.
class ObjectLabelsTest : public testing::Test {
 protected:
  ObjectLabelsTest() {
    const auto raster = landcover_testing::write_ground(folder_ / "a.tif", 0, 0, 100, 100);
    scene_ = Ground::open({raster}, {}).scenes().front();
  }

  void add(const std::vector<Point>& pixels, const std::string& key, const std::string& value,
           bool closed = true) {
    const SceneGrid grid(scene_.map_from_pixel, scene_.crs_wkt);
    const int first = ++nodes_;
    for (const Point& pixel : pixels) {
      const Point at = grid.lonlat_from_pixel(pixel).value();
      node_text_ += fmt::format("<node id=\"{}\" lat=\"{:.12f}\" lon=\"{:.12f}\" version=\"1\"/>\n",
                                nodes_++, at.y, at.x);
    }
    way_text_ += fmt::format("<way id=\"{}\" version=\"1\">", first);
    for (int i = first; i < nodes_; ++i) way_text_ += fmt::format("<nd ref=\"{}\"/>", i);
    if (closed) way_text_ += fmt::format("<nd ref=\"{}\"/>", first);
    way_text_ += fmt::format("<tag k=\"{}\" v=\"{}\"/></way>\n", key, value);
  }

  [[nodiscard]] Labels over(const PixelWindow& window, double inset_m) {
    write_file_atomically(folder_ / "map.osm",
                          "<osm version=\"0.6\">\n" + node_text_ + way_text_ + "</osm>\n");
    ImportOptions options;
    options.inputs = {folder_ / "map.osm"};
    options.output = (folder_ / "map.gpkg").string();
    options.overwrite = true;
    (void)import_objects(options);
    ObjectLabels labels(
        ObjectStore::open(options.output),
        parse_object_rules("key,value,class,rank,half_width_m,least_gsd_m,most_gsd_m\n"
                           "landuse,forest,forest,1,0,0,100\n"
                           "building,*,house,2,0,0,4\n"
                           "highway,service,road,3,2,0,100\n"
                           "landuse,town,town,1,0,4,100\n",
                           "r.csv"));
    return labels.over(scene_, window, inset_m);
  }

  std::filesystem::path folder_ = landcover_testing::fresh_folder();
  Scene scene_;
  int nodes_ = 0;
  std::string node_text_, way_text_;
};

TEST_F(ObjectLabelsTest, RanksAndInsetDecide) {
  add({{10, 10}, {60, 10}, {60, 60}, {10, 60}}, "landuse", "forest");
  add({{30, 30}, {40, 30}, {40, 40}, {30, 40}}, "building", "yes");
  add({{70, 10}, {80, 10}, {80, 20}, {70, 20}}, "building", "no");
  const Labels all = over({0, 0, 100, 100}, 0);
  EXPECT_EQ(std::ranges::count(all, 1), 50 * 50 - 100);
  EXPECT_EQ(std::ranges::count(all, 2), 100);
}

TEST_F(ObjectLabelsTest, TheInsetIsInMetresAndSeesBeyondTheWindow) {
  add({{10, 10}, {60, 10}, {60, 60}, {10, 60}}, "landuse", "forest");
  EXPECT_EQ(std::ranges::count(over({0, 0, 100, 100}, 2), 1), 42 * 42);
  // The window ends two pixels before the forest does.
  EXPECT_EQ(std::ranges::count(over({20, 20, 38, 10}, 2), 1), 36 * 10);
}

TEST_F(ObjectLabelsTest, LinesHaveAWidthAndClassesAGroundSampleDistance) {
  add({{-20, 50}, {120, 50}}, "highway", "service", false);
  add({{0, 0}, {20, 0}, {20, 20}, {0, 20}}, "landuse", "town");
  const Labels all = over({0, 0, 100, 100}, 0);
  EXPECT_EQ(std::ranges::count(all, 3), 8 * 100);
  EXPECT_EQ(std::ranges::count(all, 4), 0);
}

TEST_F(ObjectLabelsTest, AnInsetOfThousandsOfPixelsIsRefused) {
  add({{0, 0}, {20, 0}, {20, 20}, {0, 20}}, "landuse", "forest");
  EXPECT_THROW((void)over({0, 0, 10, 10}, 1e6), Error);
}

// A raster in degrees over the antimeridian: the map gives what lies east of it -180 and more.
TEST_F(ObjectLabelsTest, SeesBothSidesOfTheAntimeridian) {
  scene_.crs_wkt = "EPSG:4326";
  scene_.map_from_pixel = {179.9995, 1e-5, 0, -17, 0, -1e-5};
  add({{10, 10}, {40, 10}, {40, 40}, {10, 40}}, "landuse", "forest");
  scene_.map_from_pixel[0] -= 360;
  add({{60, 10}, {90, 10}, {90, 40}, {60, 40}}, "landuse", "forest");
  scene_.map_from_pixel[0] += 360;
  const Labels all = over({0, 0, 100, 100}, 0);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(all, 1)), 2 * 900, 20);
}

TEST_F(ObjectLabelsTest, NeedsAPlaceOnTheEarth) {
  add({{0, 0}, {20, 0}, {20, 20}, {0, 20}}, "landuse", "forest");
  scene_.crs_wkt.clear();
  EXPECT_THROW((void)over({0, 0, 10, 10}, 0), Error);
}

}  // namespace
}  // namespace skyglot
