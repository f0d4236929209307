// SPDX-License-Identifier: Apache-2.0
// Small rasters that the tests of this room make for themselves.
#pragma once

#include "raster/raster_writer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>

namespace skyglot::testing_rasters {

/// A fresh, empty folder for one test.
inline std::filesystem::path fresh_folder(const std::string& name) {
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// What a test raster looks like; three bands of 64 x 48 in UTM zone 33 N unless it says otherwise.
struct RasterRecipe {
  int width = 64;
  int height = 48;
  SampleType type = SampleType::u8;
  GeoTransform map_from_pixel{400000, 2, 0, 5800000, 0, -2};
  std::string crs = "EPSG:32633";
  std::vector<std::string> band_names{"red", "green", "blue"};
  std::optional<double> nodata{};
  std::map<std::string, std::string> metadata{};
};

/// Writes `recipe` with value(band from 0, x, y) as its samples.
template <typename T>
std::filesystem::path write_raster(const std::filesystem::path& path, const RasterRecipe& recipe,
                                   const std::function<double(int, int, int)>& value) {
  const int bands = static_cast<int>(recipe.band_names.size());
  RasterWriter writer(path, {.width = recipe.width,
                             .height = recipe.height,
                             .type = recipe.type,
                             .map_from_pixel = recipe.map_from_pixel,
                             .crs = recipe.crs,
                             .band_names = recipe.band_names,
                             .nodata = recipe.nodata,
                             .metadata = recipe.metadata,
                             .colours = {}});
  std::vector<T> samples;
  for (int band = 0; band < bands; ++band)
    for (int y = 0; y < recipe.height; ++y)
      for (int x = 0; x < recipe.width; ++x) samples.push_back(static_cast<T>(value(band, x, y)));
  writer.write<T>({0, 0, recipe.width, recipe.height}, samples);
  writer.finish();
  return path;
}

/// A value from 1 to 251 that differs between neighbours, bands and rows.
inline double busy(int band, int x, int y) {
  return 1 + (x * 7 + y * 13 + band * 101) % 251;
}

}  // namespace skyglot::testing_rasters
