// SPDX-License-Identifier: Apache-2.0
#include "imagery/chip_cutter.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "imagery/catalogue_update.hpp"
#include "imagery/scene_builder.hpp"
#include "imagery/show.hpp"
#include "imagery/test_rasters.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cpl_conv.h>
#include <httplib.h>
#include <thread>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::RasterRecipe;
using testing_rasters::write_raster;

using Cut = std::variant<Patch, Skipped>;

ImageryCatalogue catalogue_of(const std::vector<fs::path>& paths, CollectionOptions options = {}) {
  options.code = "XX";
  std::vector<Scene> scenes;
  for (const fs::path& path : paths)
    scenes.push_back(std::get<Scene>(
        describe_scene(Raster::open(path.string()), "scene", {.bands = options.bands})));
  ImageryCatalogue catalogue;
  CatalogueCounts counts;
  add_scenes(catalogue, options, "test", std::move(scenes), counts);
  return catalogue;
}

Cut cut_from(const ImageryCatalogue& catalogue, const PixelWindow& window,
             const CutLimits& limits = {}) {
  const AlignedScenes aligned(catalogue);
  return ChipCutter(catalogue, aligned, limits).cut({.scene = 0, .window = window});
}

std::string reason_of(const Cut& cut) {
  const auto* skipped = std::get_if<Skipped>(&cut);
  return skipped == nullptr ? "a patch" : skipped->reason;
}

Picture picture_from(const ImageryCatalogue& catalogue, const PixelWindow& window) {
  const Cut cut = cut_from(catalogue, window);
  EXPECT_EQ(reason_of(cut), "a patch");
  const Collection& collection = catalogue.collections.at(0);
  return show(std::get<Patch>(cut), look_of(collection, collection.rgb_bands));
}

TEST(ChipCutter, BytesAreCopiedExactly) {
  const auto folder = fresh_folder("cut_exact");
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)});
  const Picture picture = picture_from(catalogue, {11, 7, 20, 30});
  EXPECT_EQ(picture.width, 20);
  EXPECT_EQ(picture.height, 30);
  EXPECT_EQ(picture.channels, 3);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 20; ++x)
      for (int band = 0; band < 3; ++band)
        ASSERT_EQ(picture.row(y)[3 * x + band], busy(band, x + 11, y + 7));
}

TEST(ChipCutter, BandsComeInTheOrderAskedFor) {
  const auto folder = fresh_folder("cut_bands");
  CollectionOptions options;
  options.bands = {"3", "1", "2"};
  const auto catalogue =
      catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)}, options);
  const Picture picture = picture_from(catalogue, {0, 0, 16, 16});
  EXPECT_EQ(picture.row(3)[6], busy(2, 2, 3));
  EXPECT_EQ(picture.row(3)[7], busy(0, 2, 3));
}

TEST(ChipCutter, OneBandFillsThreeChannels) {
  const auto folder = fresh_folder("cut_grey");
  RasterRecipe recipe;
  recipe.band_names = {"pan"};
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", recipe, busy)});
  const Picture picture = picture_from(catalogue, {0, 0, 16, 16});
  EXPECT_EQ(picture.channels, 3);
  EXPECT_EQ(picture.row(5)[0], busy(0, 0, 5));
  EXPECT_EQ(picture.row(5)[1], picture.row(5)[0]);
  EXPECT_EQ(picture.row(5)[2], picture.row(5)[0]);
}

TEST(ChipCutter, WindowsOutsideAreSkipped) {
  const auto folder = fresh_folder("cut_outside");
  const auto catalogue = catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)});
  for (const PixelWindow& window :
       {PixelWindow{-1, 0, 8, 8}, PixelWindow{60, 0, 8, 8}, PixelWindow{0, 41, 8, 8},
        PixelWindow{0, 0, 0, 8}, PixelWindow{2'000'000'000, 0, 2'000'000'000, 8}})
    EXPECT_EQ(reason_of(cut_from(catalogue, window)), "outside_scene");
  EXPECT_EQ(reason_of(cut_from(catalogue, {56, 40, 8, 8})), "a patch");
}

TEST(ChipCutter, NodataCountsWhereNoBandHasAnything) {
  const auto folder = fresh_folder("cut_nodata");
  const RasterRecipe recipe{.nodata = 0.0};
  // One pixel without any data, one where only a band is 0.
  const auto catalogue = catalogue_of(
      {write_raster<std::uint8_t>(folder / "a.tif", recipe, [](int band, int x, int y) {
        if (x == 5 && y == 5) return 0.0;
        return x == 40 && y == 5 && band == 1 ? 0.0 : busy(band, x, y);
      })});
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 10})), "nodata");
  EXPECT_EQ(reason_of(cut_from(catalogue, {35, 0, 10, 10})), "a patch");
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 10}, {.max_nodata_fraction = 0.01})),
            "a patch");
  EXPECT_EQ(reason_of(cut_from(catalogue, {0, 0, 10, 9}, {.max_nodata_fraction = 0.01})), "nodata");
}

TEST(ChipCutter, NanIsNodata) {
  const auto folder = fresh_folder("cut_nan");
  const RasterRecipe recipe{.type = SampleType::f32};
  const auto catalogue =
      catalogue_of({write_raster<float>(folder / "a.tif", recipe, [](int band, int x, int y) {
        return x < 32 ? std::nan("") : busy(band, x, y) / 1000;
      })});
  EXPECT_EQ(reason_of(cut_from(catalogue, {30, 0, 16, 16})), "nodata");
  const Picture picture = picture_from(catalogue, {32, 0, 32, 32});
  // Percentiles 2 and 98 of 0.001 ... 0.251 fill the eight bits.
  EXPECT_LT(*std::ranges::min_element(picture.pixels), 3);
  EXPECT_GT(*std::ranges::max_element(picture.pixels), 252);
}

TEST(GreyDeviation, SeesValidPixelsOnly) {
  Picture picture{.width = 4, .height = 1, .pixels = {0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30}};
  EXPECT_NEAR(grey_deviation(picture, {1, 1, 1, 1}), std::sqrt(125.0), 1e-9);
  EXPECT_NEAR(grey_deviation(picture, {0, 0, 1, 1}), 5, 1e-9);
  EXPECT_EQ(grey_deviation(picture, {0, 0, 1, 0}), 0);
  EXPECT_EQ(grey_deviation(picture, {0, 0, 0, 0}), 0);
}

TEST(ChipCutter, StretchMapsTheRange) {
  const auto folder = fresh_folder("cut_stretch");
  CollectionOptions options;
  options.stretch = {StretchRule::Kind::range, 1000, 2000};
  const auto catalogue = catalogue_of(
      {write_raster<std::uint16_t>(folder / "a.tif", {.type = SampleType::u16},
                                   [](int, int x, int) { return 900 + 100 * (x % 13); })},
      options);
  const Picture picture = picture_from(catalogue, {0, 0, 13, 13});
  EXPECT_EQ(picture.row(0)[0], 0);
  EXPECT_EQ(picture.row(0)[3], 0);
  EXPECT_EQ(picture.row(0)[3 * 2], 26);   // 0.1 * 255 = 25.5
  EXPECT_EQ(picture.row(0)[3 * 6], 128);  // 0.5 * 255 = 127.5
  EXPECT_EQ(picture.row(0)[3 * 11], 255);
  EXPECT_EQ(picture.row(0)[3 * 12], 255);
}

TEST(ChipCutter, NominalGsdResamples) {
  const auto folder = fresh_folder("cut_resample");
  CollectionOptions options;
  options.gsd_m = 4;
  const auto catalogue = catalogue_of(
      {write_raster<std::uint8_t>(folder / "a.tif", {},
                                  [](int, int x, int) { return (x / 4) % 2 == 0 ? 40 : 200; })},
      options);
  const Picture picture = picture_from(catalogue, {0, 0, 32, 16});
  EXPECT_EQ(picture.width, 16);
  EXPECT_EQ(picture.height, 8);
  EXPECT_EQ(picture.row(0)[0], 40);
  EXPECT_EQ(picture.row(0)[3 * 2], 200);
}

TEST(ChipCutter, NominalGsdWithinOnePercentCopies) {
  const auto folder = fresh_folder("cut_same");
  CollectionOptions options;
  options.gsd_m = 2.01;
  const auto catalogue =
      catalogue_of({write_raster<std::uint8_t>(folder / "a.tif", {}, busy)}, options);
  const Picture picture = picture_from(catalogue, {0, 0, 32, 16});
  EXPECT_EQ(picture.width, 32);
  EXPECT_EQ(picture.row(4)[9], busy(0, 3, 4));
}

// What stops the run when `window` is cut; "" if nothing does.
std::string stop_of(const ImageryCatalogue& catalogue, const PixelWindow& window) {
  try {
    (void)cut_from(catalogue, window);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io) << error.what();
    return error.what();
  }
  return "";
}

TEST(ChipCutter, OnlyDamagedBytesAreUnreadable) {
  const auto folder = fresh_folder("cut_damaged");
  RasterRecipe large{.width = 600, .height = 600};
  const fs::path path = write_raster<std::uint8_t>(folder / "a.tif", large, busy);
  const auto catalogue = catalogue_of({path});
  const auto whole = read_file(path);
  fs::resize_file(path, fs::file_size(path) / 2);
  EXPECT_EQ(reason_of(cut_from(catalogue, {580, 580, 16, 16})), "unreadable") << "cut off";
  std::string spoilt = whole;
  std::fill_n(spoilt.begin() + static_cast<std::ptrdiff_t>(spoilt.size() / 2), 4000, '\x5a');
  write_file_atomically(path, spoilt);
  int unreadable = 0;
  for (int y = 0; y < 600; y += 200)
    for (int x = 0; x < 600; x += 200)
      unreadable += reason_of(cut_from(catalogue, {x, y, 16, 16})) == "unreadable" ? 1 : 0;
  EXPECT_GT(unreadable, 0) << "overwritten";
}

TEST(ChipCutter, MissingAndReplacedFilesStopTheRun) {
  const auto folder = fresh_folder("cut_missing");
  RasterRecipe large{.width = 600, .height = 600};
  const fs::path path = write_raster<std::uint8_t>(folder / "a.tif", large, busy);
  const auto catalogue = catalogue_of({path});
  write_raster<std::uint8_t>(path, {}, busy);
  EXPECT_THAT(stop_of(catalogue, {0, 0, 16, 16}), HasSubstr("not the raster it was"));
  fs::remove(path);
  const std::string missing = stop_of(catalogue, {0, 0, 16, 16});
  EXPECT_THAT(missing, HasSubstr(path.string()));
  EXPECT_THAT(missing, HasSubstr("same command again"));
}

// A server of one file that stops answering.
class StumblingServer {
 public:
  explicit StumblingServer(std::string bytes) : bytes_(std::move(bytes)) {
    server_.Get("/scene.tif", [this](const httplib::Request&, httplib::Response& response) {
      if (std::chrono::steady_clock::now() < busy_until_.load()) {
        response.status = 503;
        response.set_header("Retry-After", "1");
        return;
      }
      if (down_ && refusals_ > 0 && --refusals_ == 0) down_ = false;
      if (down_) {
        response.status = 503;
        return;
      }
      response.set_content(bytes_, "image/tiff");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~StumblingServer() {
    server_.stop();
    thread_.join();
  }
  void go_down(int refusals) {
    refusals_ = refusals;
    down_ = true;
  }
  void be_busy_for(std::chrono::milliseconds time) {
    busy_until_ = std::chrono::steady_clock::now() + time;
  }
  [[nodiscard]] std::string name() const {
    return "/vsicurl/http://127.0.0.1:" + std::to_string(port_) + "/scene.tif";
  }

 private:
  std::string bytes_;
  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::atomic<int> refusals_{0};  // further answers that are refused; 0: all of them
  std::atomic<bool> down_{false};
  std::atomic<std::chrono::steady_clock::time_point> busy_until_{};
};

class ChipCutterOverNetwork : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = fresh_folder("cut_network");
    RasterRecipe large{.width = 1200, .height = 1200};
    const auto path = write_raster<std::uint8_t>(
        folder / "a.tif", large, [](int band, int x, int y) { return (x * y + 91 * band) % 251; });
    server_ = std::make_unique<StumblingServer>(read_file(path));
    catalogue_ = catalogue_of({path});
    catalogue_.scenes[0].files[0].gdal_name = server_->name();
  }
  Cut cut(const std::vector<double>& waits_s) {
    const AlignedScenes aligned(catalogue_);
    CutLimits limits;
    limits.reader.waits_s = waits_s;
    return ChipCutter(catalogue_, aligned, limits).cut({.scene = 0, .window = {900, 900, 64, 64}});
  }
  std::unique_ptr<StumblingServer> server_;
  ImageryCatalogue catalogue_;
};

TEST_F(ChipCutterOverNetwork, AServerThatIsDownStopsTheRun) {
  server_->go_down(0);
  try {
    (void)cut({0.01, 0.01});
    FAIL() << "a picture, or a skipped one, though nothing answered";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_THAT(error.what(), HasSubstr("/scene.tif"));
  }
}

TEST_F(ChipCutterOverNetwork, RetryAfterIsWaitedFor) {
  const CPLConfigOptionSetter once("GDAL_HTTP_MAX_RETRY", "0", false);
  server_->be_busy_for(std::chrono::milliseconds(700));
  EXPECT_TRUE(std::holds_alternative<Patch>(cut({0.01}))) << "10 ms alone are too few";
}

TEST_F(ChipCutterOverNetwork, AServerThatGoesDownOnTheWayStopsTheRun) {
  const AlignedScenes aligned(catalogue_);
  CutLimits limits;
  limits.reader.waits_s = {0.01};
  ChipCutter cutter(catalogue_, aligned, limits);
  EXPECT_EQ(reason_of(cutter.cut({.scene = 0, .window = {0, 0, 64, 64}})), "a patch");
  server_->go_down(0);
  EXPECT_THROW((void)cutter.cut({.scene = 0, .window = {900, 900, 64, 64}}), Error);
}

// The read fails, and by the time its bytes are asked for the server is back.
TEST_F(ChipCutterOverNetwork, AServerThatComesBackInBetweenHasNoDamagedPixels) {
  const CPLConfigOptionSetter once("GDAL_HTTP_MAX_RETRY", "0", false);
  const AlignedScenes aligned(catalogue_);
  CutLimits limits;
  limits.reader.waits_s = {0.01, 0.01};
  ChipCutter cutter(catalogue_, aligned, limits);
  EXPECT_EQ(reason_of(cutter.cut({.scene = 0, .window = {0, 0, 64, 64}})), "a patch");
  for (const int refusals : {1, 2}) {
    server_->go_down(refusals);
    EXPECT_EQ(reason_of(cutter.cut({.scene = 0, .window = {900, 900 / refusals, 64, 64}})),
              "a patch")
        << refusals;
  }
}

TEST_F(ChipCutterOverNetwork, AServerThatStumblesIsAskedAgain) {
  server_->go_down(4);
  EXPECT_EQ(reason_of(cut(std::vector<double>(12, 0.01))), "a patch");
}

TEST(ChipCutter, FewOpenScenesServeMany) {
  const auto folder = fresh_folder("cut_many");
  std::vector<fs::path> paths;
  for (int i = 0; i < 5; ++i)
    paths.push_back(
        write_raster<std::uint8_t>(folder / (std::to_string(i) + ".tif"), {},
                                   [i](int band, int x, int y) { return busy(band, x + i, y); }));
  const auto catalogue = catalogue_of(paths);
  const AlignedScenes aligned(catalogue);
  CutLimits limits;
  limits.reader.open_files = 2;
  ChipCutter cutter(catalogue, aligned, limits);
  for (const int i : {0, 1, 2, 3, 4, 0, 2, 0, 4}) {
    const Cut cut = cutter.cut({.scene = static_cast<std::size_t>(i), .window = {0, 0, 16, 16}});
    const auto& bytes = std::get<std::vector<std::uint8_t>>(std::get<Patch>(cut).samples);
    EXPECT_EQ(bytes.at(2 * 16 + 1), busy(0, 1 + i, 2));
  }
}

TEST(CutLimits, AreChecked) {
  EXPECT_THROW((CutLimits{.max_nodata_fraction = 1.5}).validate(), Error);
  CutLimits limits;
  limits.reader.open_files = 0;
  EXPECT_THROW(limits.validate(), Error);
}

}  // namespace
}  // namespace skyglot
