// SPDX-License-Identifier: Apache-2.0
#include "raster/burn.hpp"

#include "base/error.hpp"
#include "geo/wkb.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"

#include <array>
#include <gdal_alg.h>
#include <memory>
#include <ogr_geometry.h>

namespace skyglot {
namespace {

using ShapeHandle = std::unique_ptr<OGRGeometry>;

ShapeHandle shape_of(const Geometry& geometry) {
  const std::string bytes = to_wkb(geometry);
  OGRGeometry* made = nullptr;
  if (OGRGeometryFactory::createFromWkb(bytes.data(), nullptr, &made, bytes.size()) != OGRERR_NONE)
    fail(ErrorKind::internal, "a shape that GDAL does not read: {}", last_gdal_error());
  return ShapeHandle(made);
}

// Nothing for a line without a width.
ShapeHandle area_of(const BurnShape& shape) {
  if (shape.pixels.parts.empty()) return nullptr;
  if (shape.pixels.kind == GeometryKind::polygon) return shape_of(shape.pixels);
  if (!(shape.half_width > 0)) return nullptr;
  return ShapeHandle(shape_of(shape.pixels)->Buffer(shape.half_width, 4));
}

// A data set of GDAL whose only band is this memory.
DatasetHandle dataset_over(std::vector<std::uint8_t>& pixels, int width, int height) {
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
  expect(driver != nullptr, "GDAL without rasters in memory");
  DatasetHandle dataset(driver->Create("", width, height, 0, GDT_Byte, nullptr));
  std::array<char, 32> address{};
  address[static_cast<std::size_t>(
      CPLPrintPointer(address.data(), pixels.data(), int{address.size()} - 1))] = '\0';
  const std::string option = std::string("DATAPOINTER=") + address.data();
  const std::array<const char*, 2> options{option.c_str(), nullptr};
  expect(dataset != nullptr &&
             dataset->AddBand(GDT_Byte, const_cast<char**>(options.data())) == CE_None,
         "a band in memory");
  return dataset;
}

}  // namespace

std::vector<std::uint8_t> burnt(std::span<const BurnShape> shapes, int width, int height) {
  start_gdal();
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) *
                                   static_cast<std::size_t>(height));
  std::vector<ShapeHandle> areas;
  std::vector<OGRGeometryH> handles;
  std::vector<double> values;
  for (const BurnShape& shape : shapes) {
    ShapeHandle area = area_of(shape);
    if (area == nullptr || area->IsEmpty()) continue;
    handles.push_back(OGRGeometry::ToHandle(area.get()));
    values.push_back(shape.value);
    areas.push_back(std::move(area));
  }
  if (areas.empty()) return pixels;
  const DatasetHandle dataset = dataset_over(pixels, width, height);
  const int band = 1;
  if (GDALRasterizeGeometries(GDALDataset::ToHandle(dataset.get()), 1, &band,
                              static_cast<int>(handles.size()), handles.data(), nullptr, nullptr,
                              values.data(), nullptr, nullptr, nullptr) != CE_None)
    fail(ErrorKind::internal, "shapes could not be burnt: {}", last_gdal_error());
  return pixels;
}

}  // namespace skyglot
