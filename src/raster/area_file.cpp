// SPDX-License-Identifier: Apache-2.0
#include "raster/area_file.hpp"

#include "base/error.hpp"
#include "geo/wkb.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"

#include <array>
#include <memory>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>
#include <string>

namespace skyglot {
namespace {

struct FreeTransformation {
  void operator()(OGRCoordinateTransformation* t) const {
    OGRCoordinateTransformation::DestroyCT(t);
  }
};
using Transformation = std::unique_ptr<OGRCoordinateTransformation, FreeTransformation>;

// Nothing where the layer is in longitude and latitude already, or says nothing.
Transformation to_lonlat(OGRLayer& layer, const std::string& file) {
  const OGRSpatialReference* own = layer.GetSpatialRef();
  if (own == nullptr) return nullptr;
  OGRSpatialReference from(*own), to;
  to.SetWellKnownGeogCS("WGS84");
  from.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  to.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  if (from.IsSame(&to) != 0) return nullptr;
  Transformation transformation(OGRCreateCoordinateTransformation(&from, &to));
  if (!transformation)
    fail(ErrorKind::input, "{}: no way from its reference system to degrees: {}", file,
         last_gdal_error());
  return transformation;
}

bool is_area(const OGRGeometry& shape) {
  const auto type = wkbFlatten(shape.getGeometryType());
  return (type == wkbPolygon || type == wkbMultiPolygon) && !shape.IsEmpty();
}

void add_shape(const OGRGeometry* shape, OGRCoordinateTransformation* transformation,
               const std::string& file, std::vector<Geometry>& areas) {
  if (shape == nullptr) return;
  const OGRGeometryUniquePtr straight(shape->getLinearGeometry());
  if (!straight || !is_area(*straight)) return;
  straight->flattenTo2D();
  if (transformation != nullptr && straight->transform(transformation) != OGRERR_NONE)
    fail(ErrorKind::input, "{}: an area has no place in degrees: {}", file, last_gdal_error());
  std::string bytes(straight->WkbSize(), '\0');
  straight->exportToWkb(wkbNDR, reinterpret_cast<unsigned char*>(bytes.data()));
  areas.push_back(from_wkb(bytes));
}

}  // namespace

std::vector<Geometry> read_areas_lonlat(const std::filesystem::path& path) {
  start_gdal();
  constexpr std::array<const char*, 7> kDrivers{"GeoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf",
                                                "LIBKML",  "KML",  nullptr};
  const std::string name = path.string();
  const DatasetHandle file(GDALDataset::Open(name.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY,
                                             kDrivers.data(), nullptr, nullptr));
  if (!file)
    fail(ErrorKind::input,
         "{}: areas are read from GeoJSON, GeoPackage, Shapefile, FlatGeobuf and KML{}", name,
         last_gdal_error().empty() ? "" : " (" + last_gdal_error() + ")");
  std::vector<Geometry> areas;
  for (OGRLayer* layer : file->GetLayers()) {
    const Transformation transformation = to_lonlat(*layer, name);
    for (const auto& feature : *layer)
      add_shape(feature->GetGeometryRef(), transformation.get(), name, areas);
  }
  if (areas.empty()) fail(ErrorKind::input, "{} holds no polygon", name);
  return areas;
}

}  // namespace skyglot
