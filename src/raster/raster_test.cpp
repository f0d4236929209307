// SPDX-License-Identifier: Apache-2.0
#include "raster/raster.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "raster/raster_writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

RasterSpec small_spec(SampleType type, std::optional<double> nodata) {
  return {.width = 64,
          .height = 32,
          .type = type,
          .map_from_pixel = {500000, 2, 0, 5500000, 0, -2},
          .crs = "EPSG:32633",
          .band_names = {"red", "nir"},
          .nodata = nodata,
          .metadata = {{"TIFFTAG_DATETIME", "2021:06:01 10:00:00"}},
          .colours = {}};
}

template <typename T>
fs::path write_ramp(const std::string& name, SampleType type, std::optional<double> nodata) {
  const fs::path path = fs::path(testing::TempDir()) / name;
  RasterWriter writer(path, small_spec(type, nodata));
  std::vector<T> samples(64 * 32 * 2);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<T>(i % 251);
  writer.write<T>({0, 0, 64, 32}, samples);
  writer.finish();
  return path;
}

TEST(Raster, WindowsAreReadExactly) {
  const Raster raster =
      Raster::open(write_ramp<std::uint16_t>("ramp.tif", SampleType::u16, {}).string());
  EXPECT_EQ(raster.info().width, 64);
  EXPECT_EQ(raster.info().bands.at(1).name, "nir");
  EXPECT_EQ(raster.info().metadata.at("TIFFTAG_DATETIME"), "2021:06:01 10:00:00");
  std::vector<std::uint16_t> out(6);
  raster.read<std::uint16_t>({{10, 2, 3, 2}, {1}, 3, 2, Resampling::nearest}, out);
  EXPECT_EQ(out, (std::vector<std::uint16_t>{138, 139, 140, 202, 203, 204}));
}

TEST(Raster, NodataIsNotValid) {
  const Raster raster =
      Raster::open(write_ramp<std::uint8_t>("nodata.tif", SampleType::u8, 0).string());
  std::vector<std::uint8_t> valid(64 * 32);
  raster.read_valid({{0, 0, 64, 32}, {1}, 64, 32, Resampling::nearest}, valid);
  EXPECT_EQ(std::accumulate(valid.begin(), valid.end(), 0), 64 * 32 - 9);
}

TEST(Raster, NanIsNotValidInFloatBands) {
  const fs::path path = fs::path(testing::TempDir()) / "nan.tif";
  RasterWriter writer(path, small_spec(SampleType::f32, {}));
  std::vector<float> samples(64 * 32 * 2, 1.0F);
  samples[5] = std::numeric_limits<float>::quiet_NaN();
  writer.write<float>({0, 0, 64, 32}, samples);
  writer.finish();
  std::vector<std::uint8_t> valid(64 * 32);
  Raster::open(path.string()).read_valid({{0, 0, 64, 32}, {1}, 64, 32, Resampling::nearest}, valid);
  EXPECT_EQ(valid[5], 0);
  EXPECT_EQ(valid[6], 1);
}

TEST(Raster, ForeignMissingAndVrtFilesAreRefused) {
  const fs::path path = fs::path(testing::TempDir()) / "evil.vrt";
  write_file_atomically(path, "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"></VRTDataset>");
  EXPECT_THROW((void)Raster::open(path.string()), Error);
  EXPECT_THROW((void)Raster::open("/nonexistent.tif"), Error);
}

TEST(RasterWriter, UnfinishedFileLeavesNoTrace) {
  const fs::path path = fs::path(testing::TempDir()) / "unfinished.tif";
  { const RasterWriter writer(path, small_spec(SampleType::u8, {})); }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace skyglot
