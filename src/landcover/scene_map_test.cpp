// SPDX-License-Identifier: Apache-2.0
#include "landcover/scene_map.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "raster/raster_writer.hpp"

#include "landcover/landcover_testing.hpp"
#include "landcover/truth.hpp"
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using landcover_testing::fresh_folder;
using landcover_testing::small_backbone;
using landcover_testing::small_model;
using landcover_testing::write_ground;

class SceneMapTest : public testing::Test {
 protected:
  SceneMapTest() : backbone_(small_backbone(), compute_context({Device::cpu, Precision::fp32, 2})) {
    model_.classes.classes[1].name = "wood & <moor>";
    options_.memory = 1 << 20;  // blocks of 256
    options_.confidence = true;
  }

  SceneMapSummary draw(const fs::path& raster, const std::string& name,
                       const GroundLook& look = {}) {
    options_.output = folder_ / name;
    const Ground ground = Ground::open({raster}, look);
    return map_scene(ground, 0, backbone_, model_, options_);
  }

  fs::path folder_ = fresh_folder();
  LandcoverModel model_ = small_model();
  ImageEncoder backbone_;
  SceneMapOptions options_;
};

TEST_F(SceneMapTest, WritesClassesColoursNamesAndConfidence) {
  const fs::path raster = write_ground(folder_ / "a.tif", 0, 0, 300, 270);
  const SceneMapSummary summary = draw(raster, "map.tif");
  EXPECT_EQ(summary.pixels, 300 * 270);
  EXPECT_EQ(summary.blocks, 4);
  RasterOpenOptions as_labels;
  as_labels.palette_indices = true;
  const Raster map = Raster::open((folder_ / "map.tif").string(), as_labels);
  EXPECT_EQ(map.info().class_names, (std::vector<std::string>{"no data", "class 1", "wood & <moor>",
                                                              "class 3", "class 4"}));
  EXPECT_EQ(map.info().bands.size(), 2U);
  EXPECT_EQ(map.info().map_from_pixel, Raster::open(raster.string()).info().map_from_pixel);
  std::vector<std::uint8_t> samples(2 * 300 * 270);
  map.read<std::uint8_t>({{0, 0, 300, 270}, {1, 2}, 300, 270}, samples);
  std::vector<std::int64_t> counts(4);
  for (std::size_t p = 0; p < 300 * 270; ++p) {
    ASSERT_GE(samples[p], 1);
    ++counts.at(samples[p] - 1U);
    ASSERT_GE(samples[300 * 270 + p], 25);
    ASSERT_LE(samples[300 * 270 + p], 100);
  }
  EXPECT_EQ(counts, summary.counts);
  EXPECT_FALSE(fs::exists(folder_ / "map.tif.partial"));
  // As a picture a map shows its colours.
  options_.confidence = false;
  (void)draw(raster, "plain.tif");
  EXPECT_EQ(Raster::open((folder_ / "plain.tif").string()).info().bands.size(), 3U);
}

// Three columns of the raster hold no data.
TEST_F(SceneMapTest, LeavesOutWhatHoldsNoData) {
  const fs::path raster = landcover_testing::write_file_of(
      folder_ / "a.tif", {0, 0, 40, 40, {}}, [](int band, int x, int y) {
        return x < 3 ? 0 : std::max(1.0, landcover_testing::ground_value(band, x, y));
      });
  GroundLook look;
  look.data.nodata = 0;
  EXPECT_EQ(draw(raster, "map.tif", look).pixels, 37 * 40);
  look.data.nodata = 300;
  EXPECT_EQ(draw(raster, "other.tif", look).pixels, 40 * 40);
}

// Each block's CRF sees the margin around it, so that blocks fit together: 999 of 1000 labels are
// those of a CRF over everything, without a margin they are not.
TEST_F(SceneMapTest, BlocksOfTheCrfFitTogether) {
  const fs::path raster = write_ground(folder_ / "a.tif", 0, 0, 600, 520);
  const auto labels = [&](const std::string& name, std::int64_t blocks) {
    EXPECT_EQ(draw(raster, name).blocks, blocks);
    RasterOpenOptions as_labels;
    as_labels.palette_indices = true;
    std::vector<std::uint8_t> samples(600 * 520);
    Raster::open((folder_ / name).string(), as_labels)
        .read<std::uint8_t>({{0, 0, 600, 520}, {1}, 600, 520}, samples);
    return samples;
  };
  const auto different = [](const auto& a, const auto& b) {
    return static_cast<double>(std::inner_product(a.begin(), a.end(), b.begin(), 0, std::plus<>(),
                                                  std::not_equal_to<>())) /
           static_cast<double>(a.size());
  };
  const auto without = labels("without.tif", 9);
  options_.crf.emplace();
  const auto blocks = labels("blocks.tif", 9);
  options_.crf_margin = 0;
  const auto apart = labels("apart.tif", 9);
  options_.memory = std::uint64_t{1} << 31;
  const auto whole = labels("whole.tif", 1);
  EXPECT_GT(different(without, whole), 0.02);
  EXPECT_LT(different(blocks, whole), 0.001);
  EXPECT_GT(different(apart, whole), 2 * different(blocks, whole));
}

TEST_F(SceneMapTest, NamesAMarginThatMakesNoSense) {
  options_.crf.emplace();
  options_.crf_margin = -1;
  EXPECT_THROW(options_.validate(), Error);
  options_.crf.reset();
  EXPECT_NO_THROW(options_.validate());
}

TEST_F(SceneMapTest, RefusesARasterWithoutData) {
  const fs::path raster = landcover_testing::write_file_of(folder_ / "a.tif", {0, 0, 40, 40, {}},
                                                           [](int, int, int) { return 0; });
  GroundLook look;
  look.data.nodata = 0;
  EXPECT_THROW((void)draw(raster, "map.tif", look), Error);
  EXPECT_FALSE(fs::exists(folder_ / "map.tif"));
}

TEST_F(SceneMapTest, DoesNotWriteIntoAFolderOfOthers) {
  const fs::path raster = write_ground(folder_ / "a.tif", 0, 0, 40, 40);
  fs::create_directories(folder_ / "map.tif.partial");
  write_file_atomically(folder_ / "map.tif.partial/mine.txt", "mine");
  EXPECT_THROW((void)draw(raster, "map.tif"), Error);
  EXPECT_TRUE(fs::exists(folder_ / "map.tif.partial/mine.txt"));
}

// --- maps and truth

void write_labels(const fs::path& path, int width, const std::vector<std::uint8_t>& labels) {
  RasterSpec spec;
  spec.width = width;
  spec.height = static_cast<int>(labels.size()) / width;
  spec.band_names = {"label"};
  RasterWriter writer(path, spec);
  writer.write<std::uint8_t>({0, 0, spec.width, spec.height}, labels);
  writer.finish();
}

TEST(CountPixels, LeavesOutNoDataAndIgnoredLabels) {
  const fs::path folder = fresh_folder();
  write_labels(folder / "map.tif", 3, {0, 1, 1, 2, 2, 3});
  write_labels(folder / "truth.tif", 3, {7, 7, 9, 9, 4, 0});
  TruthLegend legend;
  legend.ignored = {0};
  const ClusterCounts counts =
      count_pixels(folder / "map.tif", folder / "truth.tif", legend, false);
  EXPECT_EQ(counts.clusters, 2);
  EXPECT_EQ(counts.classes, (std::vector<std::string>{"7", "9", "4"}));
  EXPECT_EQ(counts.counts, (std::vector<std::int64_t>{1, 1, 0, 0, 1, 1}));
}

TEST(CountPixels, ReadsColoursByALegend) {
  const fs::path folder = fresh_folder();
  write_labels(folder / "map.tif", 2, {1, 2});
  RasterSpec spec;
  spec.width = 2;
  spec.height = 1;
  spec.band_names = {"r", "g", "b"};
  RasterWriter writer(folder / "truth.tif", spec);
  const std::vector<std::uint8_t> samples{255, 0, 0, 0, 0, 255};
  writer.write<std::uint8_t>({0, 0, 2, 1}, samples);
  writer.finish();
  const TruthLegend legend =
      parse_legend("name,red,green,blue\nroof,255,0,0\nignore,0,0,255\n", "legend.csv");
  const ClusterCounts counts =
      count_pixels(folder / "map.tif", folder / "truth.tif", legend, false);
  EXPECT_EQ(counts.classes, (std::vector<std::string>{"roof"}));
  EXPECT_EQ(counts.counts, (std::vector<std::int64_t>{1}));
  EXPECT_THROW((void)count_pixels(folder / "map.tif", folder / "truth.tif", {}, false), Error);
  EXPECT_THROW((void)count_pixels(folder / "map.tif", folder / "truth.tif",
                                  parse_legend("name,red,green,blue\nroof,1,2,3\n", "l"), false),
               Error);
}

// A label of -1 says nothing where it is ignored, and is a class of its own where it is not; it is
// never taken for 0. Fractions are no labels.
TEST(CountPixels, TakesNegativeLabelsAsTheyAre) {
  const fs::path folder = fresh_folder();
  write_labels(folder / "map.tif", 3, {1, 1, 2});
  const auto write_truth = [&](const std::vector<float>& labels) {
    RasterSpec spec;
    spec.width = 3;
    spec.height = 1;
    spec.type = SampleType::f32;
    spec.band_names = {"label"};
    RasterWriter writer(folder / "truth.tif", spec);
    writer.write<float>({0, 0, 3, 1}, labels);
    writer.finish();
  };
  write_truth({-1, 0, 0});
  TruthLegend legend;
  legend.ignored = {-1};
  EXPECT_EQ(count_pixels(folder / "map.tif", folder / "truth.tif", legend, false).counts,
            (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(count_pixels(folder / "map.tif", folder / "truth.tif", {}, false).classes,
            (std::vector<std::string>{"-1", "0"}));
  write_truth({0.5F, 0, 0});
  EXPECT_THROW((void)count_pixels(folder / "map.tif", folder / "truth.tif", {}, false), Error);
}

TEST(CountPixels, RefusesAnotherSize) {
  const fs::path folder = fresh_folder();
  write_labels(folder / "map.tif", 3, {1, 1, 1, 2, 2, 3});
  write_labels(folder / "truth.tif", 2, {7, 7, 9, 9, 4, 0});
  EXPECT_THROW((void)count_pixels(folder / "map.tif", folder / "truth.tif", {}, false), Error);
}

TEST(ParseLegend, NamesTheCell) {
  try {
    (void)parse_legend("name,value\nroof,three\n", "legend.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("three"), std::string::npos);
  }
}

TEST(LandcoverModelFolder, IsReadBackWhole) {
  const fs::path folder = fresh_folder();
  LandcoverModel model = small_model();
  model.look.bands = {"nir", "red", "green"};
  model.look.stretches = {{1, 2}, {3, 4}, {5, 6}};
  model.classes.classes[2] = {"lake", {1, 2, 255}};
  save_landcover_model(folder / "model", model, small_backbone());
  const LandcoverModel back = load_landcover_model(folder / "model");
  EXPECT_EQ(back.classes.centres.values, model.classes.centres.values);
  EXPECT_EQ(back.classes.class_of, model.classes.class_of);
  EXPECT_EQ(back.classes.classes, model.classes.classes);
  EXPECT_EQ(back.look.bands, model.look.bands);
  EXPECT_EQ(back.look.stretches, model.look.stretches);
  EXPECT_EQ(back.tile, 32);
  EXPECT_THROW((void)load_landcover_model(folder), Error);
}

// A damaged description is an error, whatever is damaged.
TEST(LandcoverModelFolder, DamageIsAnError) {
  const fs::path folder = fresh_folder() / "model";
  save_landcover_model(folder, small_model(), small_backbone());
  const std::string text = read_file(folder / "landcover.json");
  for (const auto& [from, to] :
       {std::pair{"\"class_of_centre\": [\n    0", "\"class_of_centre\": [\n    9"},
        {"\"tile\": 32", "\"tile\": 33"},
        {"\"tile\": 32", "\"tile\": \"x\""},
        {"#", "?"},
        {"\"features\": \"tokens\"", "\"features\": \"colour\""},
        {"{", "["}}) {
    std::string damaged = text;
    const std::size_t at = damaged.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    damaged.replace(at, std::string(from).size(), to);
    write_file_atomically(folder / "landcover.json", damaged);
    EXPECT_THROW((void)load_landcover_model(folder), Error) << to;
  }
}

}  // namespace
}  // namespace skyglot
