// SPDX-License-Identifier: Apache-2.0
#include "raster/patch.hpp"

#include "base/atomic_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace skyglot {
namespace {

// Thirteen bands of 16 bits, 20 x 12, with one pixel missing.
Patch sample() {
  Patch patch;
  patch.width = 20;
  patch.height = 12;
  std::vector<std::uint16_t> samples;
  for (int band = 0; band < 13; ++band) {
    patch.bands.push_back({"B" + std::to_string(band + 1), 0.4 + 0.1 * band});
    for (int i = 0; i < 240; ++i)
      samples.push_back(static_cast<std::uint16_t>(65535 - band * 4001 - i * 7));
  }
  patch.samples = std::move(samples);
  patch.valid.assign(240, 1);
  patch.valid[47] = 0;
  patch.gsd_m = 10;
  patch.date = "2021-06-01";
  patch.map_from_pixel = {500000, 10, 0, 5500000, 0, -10};
  patch.crs = "EPSG:32633";
  return patch;
}

Raster opened(const std::string& bytes) {
  const auto path = std::filesystem::path(testing::TempDir()) / "patch.tif";
  write_file_atomically(path, bytes);
  return Raster::open(path.string());
}

TEST(PatchGeotiff, HoldsEverythingThatAPatchIs) {
  const Patch patch = sample();
  const Raster raster = opened(patch_geotiff(patch));
  const RasterInfo& info = raster.info();
  ASSERT_EQ(info.bands.size(), 13U);
  EXPECT_EQ(info.bands[7].name, "B8");
  EXPECT_EQ(info.bands[7].type, SampleType::u16);
  EXPECT_NEAR(info.bands[7].wavelength_um.value_or(0), 1.1, 1e-12);
  EXPECT_EQ(info.map_from_pixel, patch.map_from_pixel);
  EXPECT_TRUE(same_crs(info.crs_wkt, "EPSG:32633"));
  EXPECT_EQ(info.metadata.at("TIFFTAG_DATETIME"), "2021:06:01 00:00:00");
  std::vector<int> all;
  for (int band = 1; band <= 13; ++band) all.push_back(band);
  std::vector<std::uint16_t> samples(13 * 240);
  raster.read<std::uint16_t>({{0, 0, 20, 12}, all, 20, 12}, samples);
  EXPECT_EQ(samples, std::get<std::vector<std::uint16_t>>(patch.samples));
  std::vector<std::uint8_t> valid(240);
  raster.read_valid({{0, 0, 20, 12}, {1}, 20, 12}, valid);
  EXPECT_EQ(valid, patch.valid);
}

TEST(PatchGeotiff, FloatsAreExactAndBytesTheSameEachTime) {
  Patch patch = sample();
  std::vector<float> values;
  for (int i = 0; i < 13 * 240; ++i) values.push_back(std::sin(static_cast<float>(i)) / 3);
  patch.samples = values;
  patch.valid.assign(240, 1);
  const std::string bytes = patch_geotiff(patch);
  EXPECT_EQ(bytes, patch_geotiff(patch));
  std::vector<float> read(240);
  opened(bytes).read<float>({{0, 0, 20, 12}, {3}, 20, 12}, read);
  for (std::size_t i = 0; i < 240; ++i) ASSERT_EQ(read[i], values[2 * 240 + i]);
}

TEST(Patch, ResamplesSamplesMaskAndPlace) {
  Patch patch = sample();
  std::vector<std::uint8_t> bytes(13 * 240);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 20 / 2);
  patch.samples = bytes;
  const Patch half = resampled(patch, 10, 6, Resampling::average);
  EXPECT_EQ(half.width, 10);
  EXPECT_EQ(half.valid.size(), 60U);
  EXPECT_EQ(half.map_from_pixel, (GeoTransform{500000, 20, 0, 5500000, 0, -20}));
  const auto& samples = std::get<std::vector<std::uint8_t>>(half.samples);
  ASSERT_EQ(samples.size(), 13U * 60U);
  for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_EQ(samples[i], i % 10) << i;
}

}  // namespace
}  // namespace skyglot
