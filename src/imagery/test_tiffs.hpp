// SPDX-License-Identifier: Apache-2.0
// Unusual GeoTIFFs that the tests of this room make for themselves.
#pragma once

#include "imagery/test_rasters.hpp"
#include "raster/gdal.hpp"

#include <gdal_priv.h>
#include <ogr_spatialref.h>

namespace skyglot::testing_rasters {

struct TiffRecipe {
  int width = 600;
  int height = 600;
  int bands = 3;
  GDALDataType type = GDT_Byte;
  GeoTransform map_from_pixel{570000, .5, 0, 5540000, 0, -.5};
  std::vector<std::string> options{};           ///< of GDAL's GeoTIFF driver: "NBITS=4"
  std::function<void(GDALDataset&)> declare{};  ///< what else the file says
};

/// Writes value(band from 0, x, y) as the stored samples.
inline std::filesystem::path write_tiff(const std::filesystem::path& path, const TiffRecipe& recipe,
                                        const std::function<double(int, int, int)>& value) {
  start_gdal();
  std::vector<char*> options;
  for (const std::string& option : recipe.options)
    options.push_back(const_cast<char*>(option.c_str()));
  options.push_back(nullptr);
  GDALDataset* file = GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
      path.c_str(), recipe.width, recipe.height, recipe.bands, recipe.type, options.data());
  GeoTransform grid = recipe.map_from_pixel;
  file->SetGeoTransform(grid.data());
  OGRSpatialReference crs;
  crs.importFromEPSG(32632);
  file->SetSpatialRef(&crs);
  if (recipe.declare) recipe.declare(*file);
  std::vector<double> row(static_cast<std::size_t>(recipe.width));
  for (int band = 0; band < recipe.bands; ++band)
    for (int y = 0; y < recipe.height; ++y) {
      for (int x = 0; x < recipe.width; ++x) row[static_cast<std::size_t>(x)] = value(band, x, y);
      EXPECT_EQ(
          file->GetRasterBand(band + 1)->RasterIO(GF_Write, 0, y, recipe.width, 1, row.data(),
                                                  recipe.width, 1, GDT_Float64, 0, 0, nullptr),
          CE_None);
    }
  GDALClose(file);
  return path;
}

}  // namespace skyglot::testing_rasters
