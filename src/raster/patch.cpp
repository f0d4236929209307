// SPDX-License-Identifier: Apache-2.0
#include "raster/patch.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"
#include "raster/resample.hpp"

#include <algorithm>
#include <atomic>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ogr_spatialref.h>

namespace skyglot {
namespace {

// A file in memory that goes with its scope.
class MemoryFile {
 public:
  MemoryFile() : name_(next_name()) {}
  ~MemoryFile() { VSIUnlink(name_.c_str()); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string bytes() const {
    vsi_l_offset size = 0;
    const GByte* data = VSIGetMemFileBuffer(name_.c_str(), &size, FALSE);
    if (data == nullptr) fail(ErrorKind::io, "a patch could not be written as GeoTIFF");
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
  }

 private:
  static std::string next_name() {
    static std::atomic<std::uint64_t> count{0};
    return "/vsimem/skyglot_patch_" + std::to_string(++count) + ".tif";
  }
  std::string name_;
};

template <typename T>
constexpr const char* kPredictor = "2";
template <>
constexpr const char* kPredictor<float> = "3";

CPLStringList creation_options(const char* predictor) {
  CPLStringList options;
  options.SetNameValue("COMPRESS", "DEFLATE");
  options.SetNameValue("PREDICTOR", predictor);
  options.SetNameValue("INTERLEAVE", "BAND");
  options.SetNameValue("TILED", "NO");
  options.SetNameValue("PHOTOMETRIC", "MINISBLACK");
  options.SetNameValue("ALPHA", "NO");
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  return options;
}

void describe(GDALDataset& file, const Patch& patch) {
  if (!patch.crs.empty()) {
    OGRSpatialReference crs;
    if (crs.SetFromUserInput(patch.crs.c_str()) == OGRERR_NONE) file.SetSpatialRef(&crs);
    GeoTransform transform = patch.map_from_pixel;
    file.SetGeoTransform(transform.data());
  }
  if (patch.date.size() == 10) {
    std::string day = patch.date;
    std::ranges::replace(day, '-', ':');
    file.SetMetadataItem("TIFFTAG_DATETIME", (day + " 00:00:00").c_str());
  }
  if (patch.gsd_m > 0) file.SetMetadataItem("GSD_M", format_double(patch.gsd_m).c_str());
  for (std::size_t i = 0; i < patch.bands.size(); ++i) {
    GDALRasterBand& band = *file.GetRasterBand(static_cast<int>(i) + 1);
    band.SetDescription(patch.bands[i].name.c_str());
    if (const auto& centre = patch.bands[i].wavelength_um)
      band.SetMetadataItem("CENTRAL_WAVELENGTH_UM", format_double(*centre).c_str(), "IMAGERY");
  }
}

bool write_mask(GDALDataset& file, const Patch& patch) {
  if (patch.missing() == 0) return true;
  std::vector<std::uint8_t> mask(patch.valid.size());
  std::ranges::transform(patch.valid, mask.begin(), [](std::uint8_t v) {
    return static_cast<std::uint8_t>(v != 0 ? 255 : 0);
  });
  const CPLConfigOptionSetter inside("GDAL_TIFF_INTERNAL_MASK", "YES", false);
  return file.CreateMaskBand(GMF_PER_DATASET) == CE_None &&
         file.GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, patch.width, patch.height,
                                                        mask.data(), patch.width, patch.height,
                                                        GDT_Byte, 0, 0, nullptr) == CE_None;
}

template <typename T>
bool write_patch(const std::string& name, const Patch& patch, const std::vector<T>& samples) {
  const int bands = static_cast<int>(patch.bands.size());
  const CPLStringList options = creation_options(kPredictor<T>);
  const DatasetHandle file(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
      name.c_str(), patch.width, patch.height, bands, kGdalType<T>, options.List()));
  if (!file) return false;
  describe(*file, patch);
  return write_mask(*file, patch) &&
         file->RasterIO(GF_Write, 0, 0, patch.width, patch.height, const_cast<T*>(samples.data()),
                        patch.width, patch.height, kGdalType<T>, bands, nullptr, 0, 0, 0,
                        nullptr) == CE_None;
}

}  // namespace

std::size_t Patch::missing() const {
  return static_cast<std::size_t>(std::ranges::count(valid, std::uint8_t{0}));
}

Patch resampled(const Patch& patch, int width, int height, Resampling resampling) {
  Patch result = patch;
  result.width = width;
  result.height = height;
  const int bands = static_cast<int>(patch.bands.size());
  std::visit(
      [&](auto& samples) {
        using T = typename std::remove_cvref_t<decltype(samples)>::value_type;
        samples = resampled<T>(std::span<const T>(samples),
                               {patch.width, patch.height, bands, width, height}, resampling);
      },
      result.samples);
  result.valid = resampled<std::uint8_t>(patch.valid, {patch.width, patch.height, 1, width, height},
                                         Resampling::nearest);
  const double column = static_cast<double>(patch.width) / width;
  const double row = static_cast<double>(patch.height) / height;
  for (const std::size_t i : {1U, 4U}) result.map_from_pixel.at(i) *= column;
  for (const std::size_t i : {2U, 5U}) result.map_from_pixel.at(i) *= row;
  return result;
}

std::string patch_geotiff(const Patch& patch) {
  start_gdal();
  const MemoryFile file;
  const GdalFailures failures;
  const bool written = std::visit(
      [&](const auto& samples) { return write_patch(file.name(), patch, samples); }, patch.samples);
  if (!written || failures.any())
    fail(ErrorKind::io, "a patch cannot be written as GeoTIFF: {}", failures.first());
  return file.bytes();
}

}  // namespace skyglot
