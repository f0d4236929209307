// SPDX-License-Identifier: Apache-2.0
#include "simulate/scene.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace skyglot::simulate {
namespace {

constexpr double kAerialGsd = 0.3;

// A north-up grid of `gsd` map units around the plan's centre.
GeoTransform grid_at(Point upper_left, double gsd) {
  return {upper_left.x, gsd, 0, upper_left.y, 0, -gsd};
}

std::string compact(std::string date) {
  std::erase(date, '-');
  return date;
}

SceneSpec aerial_scene(const Town& town, int column, int row, int per_side) {
  RandomStream random(town.seed, "aerial", {static_cast<std::uint64_t>(row * per_side + column)});
  const int side = static_cast<int>(std::lround(town.size_m / per_side / kAerialGsd));
  const double half = side * per_side * kAerialGsd / 2;
  const bool late = (column + row) % 2 == 1;
  SceneSpec spec;
  spec.date = late ? "2023-08-21" : "2021-06-14";
  spec.file = fmt::format("imagery/aerial/aerial_{}_r{}_c{}.tif", compact(spec.date), row, column);
  spec.crs = kPlanCrs;
  spec.width = spec.height = side;
  spec.map_from_pixel = grid_at({kOrigin_utm.x - half + column * side * kAerialGsd,
                                 kOrigin_utm.y + half - row * side * kAerialGsd},
                                kAerialGsd);
  spec.shift_m = {random.uniform(-0.45, 0.45), random.uniform(-0.45, 0.45)};
  spec.sun_azimuth_deg = late ? 196 : 158;
  spec.sun_elevation_deg = late ? 45 : 54;
  spec.dryness = late ? 0.75 : 0.1;
  spec.exposure = random.uniform(0.95, 1.05);
  return spec;
}

// A satellite scene on a grid of its own; `gsd` is in units of the map.
SceneSpec satellite_scene(const std::string& crs, double side_m, double gsd, double units_per_m) {
  SceneSpec spec;
  spec.sensor = Sensor::multi16;
  spec.crs = crs;
  const auto centre = CrsTransform(kPlanCrs, crs)(kOrigin_utm);
  expect(centre.has_value(), "the plan's origin has no place in a scene's system");
  const double half = side_m * units_per_m / 2;
  spec.width = spec.height = static_cast<int>(std::lround(2 * half / gsd));
  spec.map_from_pixel = grid_at(
      {std::floor((centre->x - half) / gsd) * gsd, std::ceil((centre->y + half) / gsd) * gsd}, gsd);
  return spec;
}

SceneSpec very_high_resolution(const Town& town) {
  // Web Mercator stretches by 1 / cos(latitude); the grid is 2 m on the ground at the centre.
  const auto lonlat = CrsTransform(kPlanCrs, kLonLat)(kOrigin_utm);
  const double stretch = 1 / std::cos(lonlat->y * std::acos(-1.0) / 180);
  SceneSpec spec = satellite_scene("EPSG:3857", town.size_m * 1.5 + 300, 2 * stretch, stretch);
  spec.date = "2022-07-05";
  spec.file = "imagery/satellite_2m/vhr_20220705.tif";
  spec.oversample = 2;
  spec.shift_m = {1.1, -0.8};
  spec.sun_azimuth_deg = 166;
  spec.sun_elevation_deg = 56;
  spec.dryness = 0.4;
  return spec;
}

SceneSpec medium_resolution(const Town& town) {
  // The neighbouring zone, as where the swaths of a satellite overlap.
  SceneSpec spec = satellite_scene("EPSG:32631", town.world_m * 0.93, 10, 1);
  spec.date = "2023-06-27";
  spec.file = "imagery/satellite_10m/ms_20230627.tif";
  spec.oversample = 4;
  spec.shift_m = {-3.5, 2.5};
  spec.sun_azimuth_deg = 160;
  spec.sun_elevation_deg = 57;
  spec.dryness = 0.25;
  spec.cut_corner = true;
  return spec;
}

SceneSpec class_scene(const Town& town) {
  SceneSpec spec;
  spec.sensor = Sensor::classes8;
  spec.file = "classes.tif";
  spec.crs = kPlanCrs;
  spec.width = spec.height = static_cast<int>(std::lround(town.size_m));
  spec.map_from_pixel =
      grid_at({kOrigin_utm.x - spec.width / 2.0, kOrigin_utm.y + spec.height / 2.0}, 1);
  spec.sun_elevation_deg = 89;
  return spec;
}

}  // namespace

std::vector<SceneSpec> plan_scenes(const Town& town) {
  std::vector<SceneSpec> scenes;
  const int per_side = std::max(2, static_cast<int>(std::ceil(town.size_m / 2000)));
  for (int row = 0; row < per_side; ++row)
    for (int column = 0; column < per_side; ++column)
      scenes.push_back(aerial_scene(town, column, row, per_side));
  scenes.push_back(very_high_resolution(town));
  scenes.push_back(medium_resolution(town));
  scenes.push_back(class_scene(town));
  return scenes;
}

SceneProjection::SceneProjection(const SceneSpec& spec)
    : shift_(spec.shift_m),
      oversample_(spec.oversample),
      pixel_from_map_(inverse(spec.map_from_pixel)) {
  if (spec.crs != kPlanCrs) map_from_utm_.emplace(kPlanCrs, spec.crs);
  // The affine form: plan steps of a metre at the centre, inverted.
  const double mid_x = spec.width * oversample_ / 2;
  const double mid_y = spec.height * oversample_ / 2;
  const Point o = pixel_from_plan({0, 0});
  const Point e = pixel_from_plan({1, 0});
  const Point n = pixel_from_plan({0, 1});
  const GeoTransform forward{o.x, e.x - o.x, n.x - o.x, o.y, e.y - o.y, n.y - o.y};
  plan_from_pixel_ = inverse(forward);
  pixel_m_ = std::hypot(plan_from_pixel_[1], plan_from_pixel_[4]);
  expect(mid_x > 0 && mid_y > 0, "a scene without pixels");
}

Point SceneProjection::pixel_from_plan(Point plan) const {
  Point at{plan.x + shift_.x + kOrigin_utm.x, plan.y + shift_.y + kOrigin_utm.y};
  if (map_from_utm_) at = (*map_from_utm_)(at).value_or(at);
  const Point pixel = map_from_pixel(pixel_from_map_, at);
  return {pixel.x * oversample_, pixel.y * oversample_};
}

}  // namespace skyglot::simulate
