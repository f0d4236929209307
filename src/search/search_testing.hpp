// SPDX-License-Identifier: Apache-2.0
// Rasters, a model and an index that the tests of this room make for themselves.
#pragma once

#include "base/random.hpp"
#include "nn/small_clip.hpp"
#include "raster/raster_writer.hpp"
#include "weights/random_model.hpp"

#include "search/index_builder.hpp"
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace skyglot::search_testing {

inline std::filesystem::path own_folder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      (std::string(info->test_suite_name()) + "." + info->name() + "-" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

struct RasterFile {
  SampleType type = SampleType::u8;
  int side = 96;
  double easting = 500000;
  std::string crs = "EPSG:32631";
  double brightest = 255;
};

/// Three bands of noise in patches, 10 m a pixel; 0 is no data, as in the lower right quarter.
inline std::filesystem::path write_raster(const std::filesystem::path& path,
                                          const RasterFile& file = {}) {
  RasterSpec spec;
  spec.width = spec.height = file.side;
  spec.type = file.type;
  spec.map_from_pixel = {file.easting, 10, 0, 10000, 0, -10};
  spec.crs = file.crs;
  spec.band_names = {"red", "green", "blue"};
  spec.nodata = 0.0;
  const auto side = static_cast<std::size_t>(file.side);
  std::vector<float> samples(3 * side * side);
  RandomStream random(1, path.filename().string());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t x = i % side;
    const std::size_t y = i / side % side;
    const bool empty = 2 * x >= side && 2 * y >= side;
    samples[i] = empty ? 0 : static_cast<float>(1 + random.uniform(0, file.brightest - 1));
  }
  const PixelWindow whole{0, 0, file.side, file.side};
  RasterWriter writer(path, spec);
  if (file.type == SampleType::u8)
    writer.write<std::uint8_t>(whole, std::vector<std::uint8_t>(samples.begin(), samples.end()));
  else
    writer.write<std::uint16_t>(whole, std::vector<std::uint16_t>(samples.begin(), samples.end()));
  writer.finish();
  return path;
}

inline ImageEncoder small_encoder() {
  return {random_model(testing_support::small_clip(), 1), compute_context({})};
}

/// Windows of 160 and 320 m.
inline IndexRequest small_request(std::vector<std::filesystem::path> sources,
                                  std::filesystem::path output) {
  IndexRequest request;
  request.sources = std::move(sources);
  request.output = std::move(output);
  request.layout.sizes_m = {160, 320};
  return request;
}

/// An index of one raster, both in a folder of the test's own.
class OneIndex : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = own_folder();
    outcome_ = build_index(small_request({write_raster(folder_ / "a.tif")}, folder_ / "index"),
                           small_encoder());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  IndexOutcome outcome_;
};

}  // namespace skyglot::search_testing
