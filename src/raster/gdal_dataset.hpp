// SPDX-License-Identifier: Apache-2.0
// The one owner of a GDAL data set, and GDAL's names of sample types. Only this room's sources and
// the sources of rooms that talk to GDAL themselves include it.
#pragma once

#include "raster/raster.hpp"

#include <cstdint>
#include <gdal_priv.h>
#include <memory>

namespace skyglot {

struct CloseDataset {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using DatasetHandle = std::unique_ptr<GDALDataset, CloseDataset>;

template <typename T>
constexpr GDALDataType kGdalType = GDT_Unknown;
template <>
inline constexpr GDALDataType kGdalType<std::uint8_t> = GDT_Byte;
template <>
inline constexpr GDALDataType kGdalType<std::uint16_t> = GDT_UInt16;
template <>
inline constexpr GDALDataType kGdalType<float> = GDT_Float32;
template <>
inline constexpr GDALDataType kGdalType<double> = GDT_Float64;

[[nodiscard]] GDALRIOResampleAlg gdal_algorithm(Resampling resampling);

}  // namespace skyglot
