// SPDX-License-Identifier: Apache-2.0
// Chips per second of one core from a local COG, 256 px, JPEG encoded; in the order of a build
// (scene bands from the top) against random order. The scene is larger than GDAL's block cache may
// be.
//
//   chips FOLDER [SIDE_PX [CHIPS]]     FOLDER keeps the scene between runs
#include "base/numbers.hpp"
#include "base/random.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/show.hpp"
#include "pictures/jpeg.hpp"
#include "raster/gdal.hpp"
#include "raster/raster_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <tuple>

namespace skyglot {
namespace {

constexpr int kChip = 256;
constexpr int kBand = 1024;
constexpr std::uint64_t kCacheBytes = std::uint64_t{128} << 20;

void write_scene(const std::filesystem::path& path, int side, const std::string& compression) {
  RasterWriter writer(path, {.width = side,
                             .height = side,
                             .type = SampleType::u8,
                             .map_from_pixel = {500000, 0.3, 0, 5500000, 0, -0.3},
                             .crs = "EPSG:32633",
                             .band_names = {"red", "green", "blue"},
                             .nodata = {},
                             .metadata = {},
                             .colours = {},
                             .compression = compression});
  RandomStream random(1, "bench");
  constexpr int kStrip = 256;
  std::vector<std::uint8_t> samples(std::size_t{3} * kStrip * static_cast<std::size_t>(side));
  for (int top = 0; top < side; top += kStrip) {
    const int rows = std::min(kStrip, side - top);
    std::size_t next = 0;
    for (int band = 0; band < 3; ++band)
      for (int y = top; y < top + rows; ++y)
        for (int x = 0; x < side; ++x)
          samples[next++] = static_cast<std::uint8_t>(60 + (x / 9 + band * 7) % 80 + (y / 13) % 60 +
                                                      static_cast<int>(random.next() & 31));
    writer.write<std::uint8_t>({0, top, side, rows}, {samples.data(), next});
  }
  writer.finish();
}

ImageryCatalogue catalogue_of(const std::filesystem::path& path) {
  const Raster raster = Raster::open(path.string());
  ImageryCatalogue catalogue;
  catalogue.collections.push_back({.code = "BE",
                                   .name = {},
                                   .licence = {},
                                   .attribution = {},
                                   .source = {},
                                   .gsd_m = {},
                                   .bands = {1, 2, 3},
                                   .rgb_bands = {1, 2, 3},
                                   .stretches = {}});
  Scene scene;
  scene.collection_code = "BE";
  scene.files = {{path.string(), raster.info().width, raster.info().height, 3}};
  scene.width = raster.info().width;
  scene.height = raster.info().height;
  scene.map_from_pixel = raster.info().map_from_pixel.value();
  scene.gsd_m = 0.3;
  scene.bands = raster.info().bands;
  catalogue.scenes.push_back(scene);
  return catalogue;
}

std::vector<PixelWindow> random_windows(int side, int count) {
  RandomStream random(2, "windows");
  std::vector<PixelWindow> windows;
  for (int i = 0; i < count; ++i)
    windows.push_back({static_cast<int>(random.integer(0, side - kChip)),
                       static_cast<int>(random.integer(0, side - kChip)), kChip, kChip});
  return windows;
}

double chips_per_second(const ImageryCatalogue& catalogue,
                        const std::vector<PixelWindow>& windows) {
  const AlignedScenes aligned(catalogue);
  ChipCutter cutter(catalogue, aligned, {});
  const Look look = look_of(catalogue.collections[0], {1, 2, 3});
  std::size_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const PixelWindow& window : windows) {
    const auto patch = std::get<Patch>(cutter.cut({.scene = 0, .window = window}));
    const Picture picture = show(patch, look);
    if (grey_deviation(picture, patch.valid) >= 2) bytes += encode_jpeg(picture, 90).size();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return bytes > 0 ? static_cast<double>(windows.size()) / seconds.count() : 0;
}

void measure(const std::filesystem::path& folder, const std::string& compression, int side,
             int count) {
  const auto path = folder / fmt::format("scene_{}_{}.tif", compression, side);
  if (!std::filesystem::exists(path)) write_scene(path, side, compression);
  const ImageryCatalogue catalogue = catalogue_of(path);
  const auto random = random_windows(side, count);
  auto local = random;
  std::ranges::sort(local, {},
                    [](const PixelWindow& w) { return std::tuple(w.y / kBand, w.x, w.y); });
  for (int run = 0; run < 3; ++run) {
    const double near = chips_per_second(catalogue, local);
    const double far = chips_per_second(catalogue, random);
    fmt::print("{} COG {} px, {} chips: locality {:.0f}/s, random {:.0f}/s, ratio {:.2f}\n",
               compression, side, count, near, far, near / far);
  }
}

}  // namespace
}  // namespace skyglot

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path folder = argv[1];
  const int side = argc > 2 ? static_cast<int>(skyglot::parse_int(argv[2]).value_or(16384)) : 16384;
  const int count = argc > 3 ? static_cast<int>(skyglot::parse_int(argv[3]).value_or(4000)) : 4000;
  std::filesystem::create_directories(folder);
  skyglot::limit_gdal_cache(skyglot::kCacheBytes);
  for (const char* compression : {"JPEG", "DEFLATE"})
    skyglot::measure(folder, compression, side, count);
}
