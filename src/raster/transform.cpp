// SPDX-License-Identifier: Apache-2.0
#include "raster/transform.hpp"

#include "base/error.hpp"
#include "geo/geopackage.hpp"
#include "raster/gdal.hpp"

#include <cmath>
#include <cpl_conv.h>
#include <cstdlib>
#include <ogr_spatialref.h>
#include <string_view>

namespace skyglot {
namespace {

// Numbers of systems without one of EPSG's, as GDAL gives them.
constexpr std::int32_t kFirstOwnSystem = 100000;

OGRSpatialReference parse_crs(const std::string& text) {
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(
          text.c_str(), OGRSpatialReference::SET_FROM_USER_INPUT_LIMITATIONS_get()) != OGRERR_NONE)
    fail(ErrorKind::format, "not a coordinate reference system: {}", text.substr(0, 120));
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  return crs;
}

}  // namespace

Point map_from_pixel(const GeoTransform& t, Point pixel) {
  return {t[0] + pixel.x * t[1] + pixel.y * t[2], t[3] + pixel.x * t[4] + pixel.y * t[5]};
}

GeoTransform inverse(const GeoTransform& t) {
  const double determinant = t[1] * t[5] - t[2] * t[4];
  const double size = std::abs(t[1] * t[5]) + std::abs(t[2] * t[4]);
  if (!std::isfinite(determinant) || !(std::abs(determinant) > 1e-12 * size))
    fail(ErrorKind::format, "the raster's geotransform cannot be inverted");
  const double a = t[5] / determinant;
  const double b = -t[2] / determinant;
  const double c = -t[4] / determinant;
  const double d = t[1] / determinant;
  return {-(a * t[0] + b * t[3]), a, b, -(c * t[0] + d * t[3]), c, d};
}

Mirror mirror_to_north_up(const GeoTransform& t) {
  const bool upright = std::abs(t[1]) + std::abs(t[5]) >= std::abs(t[2]) + std::abs(t[4]);
  if (upright) return {.columns = t[1]<0, .rows = t[5]> 0};
  return {.columns = false, .rows = t[1] * t[5] - t[2] * t[4] > 0};
}

GeoTransform mirrored(const GeoTransform& transform, Mirror mirror, int width, int height) {
  GeoTransform t = transform;
  if (mirror.columns) t = {t[0] + width * t[1], -t[1], t[2], t[3] + width * t[4], -t[4], t[5]};
  if (mirror.rows) t = {t[0] + height * t[2], t[1], -t[2], t[3] + height * t[5], t[4], -t[5]};
  return t;
}

GpkgSystem gpkg_system(const std::string& text) {
  if (text.empty()) return {.id = kUndefinedPlane};
  start_gdal();
  const OGRSpatialReference crs = parse_crs(text);
  const char* authority = crs.GetAuthorityName(nullptr);
  const char* code = crs.GetAuthorityCode(nullptr);
  const bool numbered =
      authority != nullptr && code != nullptr && std::string_view(authority) == "EPSG";
  GpkgSystem system;
  system.name = crs.GetName() == nullptr ? "unnamed" : crs.GetName();
  system.organization = numbered ? "EPSG" : "NONE";
  system.organization_id = numbered ? std::atoi(code) : kFirstOwnSystem;
  system.id = system.organization_id;
  char* wkt = nullptr;
  const char* const format[] = {"FORMAT=WKT1_GDAL", nullptr};
  if (crs.exportToWkt(&wkt, format) == OGRERR_NONE) system.definition = wkt;
  CPLFree(wkt);
  if (system.definition.empty()) system.definition = "undefined";
  return system;
}

bool same_crs(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const OGRSpatialReference other = parse_crs(b);
  return parse_crs(a).IsSame(&other) != 0;
}

struct CrsTransform::State {
  struct Free {
    void operator()(OGRCoordinateTransformation* t) const {
      OGRCoordinateTransformation::DestroyCT(t);
    }
  };
  std::unique_ptr<OGRCoordinateTransformation, Free> transformation;
};

CrsTransform::CrsTransform(const std::string& source, const std::string& target)
    : state_(std::make_unique<State>()) {
  start_gdal();
  if (source == target) return;
  const OGRSpatialReference from = parse_crs(source);
  const OGRSpatialReference to = parse_crs(target);
  if (from.IsSame(&to) != 0) return;
  state_->transformation.reset(OGRCreateCoordinateTransformation(&from, &to));
  if (!state_->transformation)
    fail(ErrorKind::format, "no way from {} to {}: {}", source.substr(0, 60), target.substr(0, 60),
         last_gdal_error());
}

CrsTransform::~CrsTransform() = default;
CrsTransform::CrsTransform(CrsTransform&&) noexcept = default;
CrsTransform& CrsTransform::operator=(CrsTransform&&) noexcept = default;

std::optional<Point> CrsTransform::operator()(Point point) const {
  if (!state_->transformation) return point;
  int success = 0;
  state_->transformation->Transform(1, &point.x, &point.y, nullptr, &success);
  if (success == 0 || !std::isfinite(point.x) || !std::isfinite(point.y)) return std::nullopt;
  return point;
}

SceneGrid::SceneGrid(const GeoTransform& map_from_pixel, const std::string& crs)
    : map_from_pixel_(map_from_pixel),
      pixel_from_map_(inverse(map_from_pixel)),
      lonlat_from_map_(crs, kLonLat),
      map_from_lonlat_(kLonLat, crs) {}

std::optional<Point> SceneGrid::pixel_from_lonlat(Point lonlat) const {
  const auto map = map_from_lonlat_(lonlat);
  if (!map) return std::nullopt;
  return map_from_pixel(pixel_from_map_, *map);
}

std::optional<Point> SceneGrid::lonlat_from_pixel(Point pixel) const {
  return lonlat_from_map_(map_from_pixel(map_from_pixel_, pixel));
}

std::optional<Geometry> SceneGrid::lonlat_from_pixel(const Box& box, int steps) const {
  const Path corners = Geometry::rectangle(box).parts[0][0];
  Path ring;
  for (std::size_t side = 0; side < 4; ++side) {
    for (int step = 0; step < steps; ++step) {
      const double t = static_cast<double>(step) / steps;
      const Point& a = corners[side];
      const Point& b = corners[side + 1];
      auto lonlat = lonlat_from_pixel(Point{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
      if (!lonlat) return std::nullopt;
      if (!ring.empty()) lonlat->x = unwrapped_longitude(lonlat->x, ring.back().x);
      ring.push_back(*lonlat);
    }
  }
  ring.push_back(ring.front());
  return Geometry::polygon(std::move(ring));
}

std::optional<Geometry> SceneGrid::pixel_from_lonlat(const Geometry& lonlat) const {
  bool complete = true;
  Geometry pixel = mapped(lonlat, [&](Point point) {
    const auto moved = pixel_from_lonlat(point);
    complete = complete && moved.has_value();
    return moved.value_or(point);
  });
  if (!complete) return std::nullopt;
  return pixel;
}

}  // namespace skyglot
