// SPDX-License-Identifier: Apache-2.0
#include "dataset/scene_plane.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// The most planes a thread keeps; making one costs some PROJ objects.
constexpr std::size_t kMaxPlanes = 256;

double two_digits(double value) {
  if (!(value > 0)) return value;
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
  return std::round(value / unit) * unit;
}

bool resamples(const Collection& collection, const Scene& scene) {
  return collection.gsd_m && std::abs(scene.gsd_m / *collection.gsd_m - 1) > 0.01;
}

Box box_of(const PixelWindow& w) {
  return {static_cast<double>(w.x), static_cast<double>(w.y), static_cast<double>(w.x + w.width),
          static_cast<double>(w.y + w.height)};
}

// Around the footprint, whose sides bend a little; everything where it goes around a pole.
Box reach_of(const Geometry& footprint) {
  const Box box = bounding_box(footprint);
  if (box.width() >= 180) return {-360, -90, 360, 90};
  return grown(box, 0.1 * std::max(box.width(), box.height()));
}

Box scaled(const Box& box, double factor) {
  return {box.min_x * factor, box.min_y * factor, box.max_x * factor, box.max_y * factor};
}

}  // namespace

double nominal_gsd_m(const Collection& collection, const Scene& scene) {
  return collection.gsd_m.value_or(two_digits(scene.gsd_m));
}

ScenePlane::ScenePlane(const Collection& collection, const Scene& scene)
    : scene_(&scene),
      gsd_m_(nominal_gsd_m(collection, scene)),
      scale_(resamples(collection, scene) ? *collection.gsd_m / scene.gsd_m : 1.0),
      grid_(scene.map_from_pixel, scene.crs_wkt),
      middle_lon_(bounding_box(scene.footprint_lonlat).centre().x),
      reach_lonlat_(reach_of(scene.footprint_lonlat)),
      footprint_px_(
          from_lonlat(scene.footprint_lonlat).value_or(Geometry{GeometryKind::polygon, {}})),
      raster_px_{0, 0, scene.width / scale_, scene.height / scale_} {}

std::optional<Point> ScenePlane::from_lonlat(Point lonlat) const {
  ++points_moved_;
  const auto pixel =
      grid_.pixel_from_lonlat(Point{unwrapped_longitude(lonlat.x, middle_lon_), lonlat.y});
  if (!pixel) return std::nullopt;
  return Point{pixel->x / scale_, pixel->y / scale_};
}

std::optional<Geometry> ScenePlane::from_lonlat(const Geometry& lonlat) const {
  bool complete = true;
  Geometry pixel = mapped(lonlat, [&](Point point) {
    const auto moved = complete ? from_lonlat(point) : std::nullopt;
    complete = moved.has_value();
    return moved.value_or(point);
  });
  if (!complete) return std::nullopt;
  return pixel;
}

bool ScenePlane::may_show(Point lonlat) const {
  return contains(reach_lonlat_, Point{unwrapped_longitude(lonlat.x, middle_lon_), lonlat.y});
}

bool ScenePlane::shows(const PixelWindow& tile) const {
  const Box box = box_of(tile);
  // The footprint's outline is good to about a pixel; the cut counts the pixels themselves.
  return contains(raster_px_, box) && polygon_contains(footprint_px_, grown(box, -1));
}

bool ScenePlane::shows(Point at) const {
  return contains(raster_px_, at) && polygon_contains(footprint_px_, at);
}

std::optional<Geometry> ScenePlane::lonlat_outline(const PixelWindow& tile) const {
  return grid_.lonlat_from_pixel(scaled(box_of(tile), scale_), 1);
}

std::optional<Box> ScenePlane::lonlat_bounds(const PixelWindow& tile) const {
  constexpr int kSteps = 16;
  const Box box = scaled(box_of(tile), scale_);
  const auto outline = grid_.lonlat_from_pixel(box, kSteps);
  if (!outline) return std::nullopt;
  Box bounds = bounding_box(*outline);
  // Between two steps a side still bends a little beyond the straight line.
  bounds = grown(bounds, std::max(bounds.width(), bounds.height()) / (kSteps * kSteps));
  for (const double pole : {-90.0, 90.0}) {
    const auto at = grid_.pixel_from_lonlat(Point{middle_lon_, pole});
    if (at && contains(box, *at)) bounds.add(Box{-180, pole, 180, pole});
  }
  return bounds;
}

PixelWindow ScenePlane::scene_window(const PixelWindow& tile) const {
  if (scale_ == 1.0) return tile;
  const Box box = scaled(box_of(tile), scale_);
  const int x = static_cast<int>(std::lround(box.min_x));
  const int y = static_cast<int>(std::lround(box.min_y));
  return {x, y, std::min(scene_->width, static_cast<int>(std::lround(box.max_x))) - x,
          std::min(scene_->height, static_cast<int>(std::lround(box.max_y))) - y};
}

std::uint64_t ScenePlanes::points_moved() const {
  std::uint64_t moved = 0;
  for (const auto& [index, plane] : planes_) moved += plane->points_moved();
  return moved;
}

const ScenePlane& ScenePlanes::at(std::size_t scene_index) {
  auto& slot = planes_[scene_index];
  if (slot) return *slot;
  if (planes_.size() > kMaxPlanes) {
    planes_.clear();
    return at(scene_index);
  }
  const Scene& scene = catalogue_->scenes.at(scene_index);
  slot = std::make_unique<ScenePlane>(catalogue_->collection(scene.collection_code), scene);
  return *slot;
}

}  // namespace skyglot
