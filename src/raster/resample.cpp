// SPDX-License-Identifier: Apache-2.0
#include "raster/resample.hpp"

#include "base/error.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"

namespace skyglot {

GDALRIOResampleAlg gdal_algorithm(Resampling resampling) {
  switch (resampling) {
    case Resampling::nearest:
      return GRIORA_NearestNeighbour;
    case Resampling::average:
      return GRIORA_Average;
    case Resampling::bilinear:
      return GRIORA_Bilinear;
    case Resampling::cubic:
      return GRIORA_Cubic;
  }
  return GRIORA_NearestNeighbour;
}

template <typename T>
std::vector<T> resampled(std::span<const T> planes, const PlaneSizes& s, Resampling resampling) {
  start_gdal();
  const DatasetHandle memory(GetGDALDriverManager()->GetDriverByName("MEM")->Create(
      "", s.width, s.height, s.bands, kGdalType<T>, nullptr));
  std::vector<T> out(static_cast<std::size_t>(s.out_width) *
                     static_cast<std::size_t>(s.out_height) * static_cast<std::size_t>(s.bands));
  GDALRasterIOExtraArg extra;
  INIT_RASTERIO_EXTRA_ARG(extra);
  extra.eResampleAlg = gdal_algorithm(resampling);
  if (!memory ||
      memory->RasterIO(GF_Write, 0, 0, s.width, s.height, const_cast<T*>(planes.data()), s.width,
                       s.height, kGdalType<T>, s.bands, nullptr, 0, 0, 0, nullptr) != CE_None ||
      memory->RasterIO(GF_Read, 0, 0, s.width, s.height, out.data(), s.out_width, s.out_height,
                       kGdalType<T>, s.bands, nullptr, 0, 0, 0, &extra) != CE_None)
    fail(ErrorKind::resource, "cannot resample {} x {} pixels: {}", s.width, s.height,
         last_gdal_error());
  return out;
}

template std::vector<std::uint8_t> resampled<std::uint8_t>(std::span<const std::uint8_t>,
                                                           const PlaneSizes&, Resampling);
template std::vector<std::uint16_t> resampled<std::uint16_t>(std::span<const std::uint16_t>,
                                                             const PlaneSizes&, Resampling);
template std::vector<float> resampled<float>(std::span<const float>, const PlaneSizes&, Resampling);

}  // namespace skyglot
