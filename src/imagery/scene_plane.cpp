// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_plane.hpp"

#include "geo/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

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

// A pixel less on every side, if it has that many.
Box shrunk(const Box& box) {
  const double by = std::min({1.0, box.width() / 4, box.height() / 4});
  return grown(box, -by);
}

}  // namespace

double nominal_gsd_m(const Collection& collection, const Scene& scene) {
  return collection.gsd_m.value_or(two_digits(scene.gsd_m));
}

double chip_scale(const Collection& collection, const Scene& scene) {
  return resamples(collection, scene) ? *collection.gsd_m / scene.gsd_m : 1.0;
}

ScenePlane::ScenePlane(const ImageryCatalogue& catalogue, const AlignedScenes& aligned,
                       std::size_t scene_index)
    : catalogue_(&catalogue),
      aligned_(&aligned),
      index_(scene_index),
      scene_(&catalogue.scenes.at(scene_index)),
      gsd_m_(nominal_gsd_m(catalogue.collection(scene_->collection_code), *scene_)),
      scale_(chip_scale(catalogue.collection(scene_->collection_code), *scene_)),
      grid_(scene_->map_from_pixel, scene_->crs_wkt),
      middle_lon_(bounding_box(scene_->footprint_lonlat).centre().x),
      reach_lonlat_(reach_of(scene_->footprint_lonlat)),
      footprint_px_(
          from_lonlat(scene_->footprint_lonlat).value_or(Geometry{GeometryKind::polygon, {}})),
      raster_px_{0, 0, scene_->width / scale_, scene_->height / scale_} {}

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
  return (contains(raster_px_, box) && polygon_contains(footprint_px_, grown(box, -1))) ||
         neighbours_show(tile);
}

const Geometry& ScenePlane::footprint_of(std::size_t scene) const {
  if (scene == index_) return footprint_px_;
  const auto [entry, fresh] = neighbours_px_.try_emplace(scene);
  if (fresh)
    entry->second = from_lonlat(catalogue_->scenes.at(scene).footprint_lonlat)
                        .value_or(Geometry{GeometryKind::polygon, {}});
  return entry->second;
}

// Cuts the tile along the edges of all scenes that hold a part of it; each piece must be shown by
// one of them.
bool ScenePlane::neighbours_show(const PixelWindow& tile) const {
  const PixelWindow window = scene_window(tile);
  const auto parts = aligned_->parts(index_, window);
  if (parts.empty() || (parts.size() == 1 && parts[0].scene == index_)) return false;
  std::set<int> columns{0, window.width};
  std::set<int> rows{0, window.height};
  for (const AlignedScenes::Part& part : parts) {
    columns.insert({part.x, part.x + part.window.width});
    rows.insert({part.y, part.y + part.window.height});
  }
  const auto shown = [&](const PixelWindow& piece) {
    const Box box = scaled(
        box_of({window.x + piece.x, window.y + piece.y, piece.width, piece.height}), 1 / scale_);
    return std::ranges::any_of(parts, [&](const AlignedScenes::Part& part) {
      return part.x <= piece.x && part.y <= piece.y &&
             piece.x + piece.width <= part.x + part.window.width &&
             piece.y + piece.height <= part.y + part.window.height &&
             polygon_contains(footprint_of(part.scene), shrunk(box));
    });
  };
  for (auto x = columns.begin(); std::next(x) != columns.end(); ++x)
    for (auto y = rows.begin(); std::next(y) != rows.end(); ++y)
      if (!shown({*x, *y, *std::next(x) - *x, *std::next(y) - *y})) return false;
  return true;
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
  return {x, y, static_cast<int>(std::lround(box.max_x)) - x,
          static_cast<int>(std::lround(box.max_y)) - y};
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
  slot = std::make_unique<ScenePlane>(*catalogue_, *aligned_, scene_index);
  return *slot;
}

}  // namespace skyglot
