// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_builder.hpp"

#include "base/error.hpp"
#include "imagery/bands.hpp"
#include "imagery/capture_date.hpp"
#include "imagery/footprint.hpp"
#include "raster/gsd.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace skyglot {
namespace {

std::string date_of(const RasterInfo& info, const std::string& name, const SceneOptions& options) {
  if (!options.date.empty()) return options.date;
  if (!options.date_pattern.empty())
    if (auto date = date_from_pattern(name, options.date_pattern)) return *date;
  if (auto date = date_from_metadata(info.metadata)) return *date;
  return date_from_name(name).value_or("");
}

std::string licence_of(const RasterInfo& info) {
  const auto found = info.metadata.find("TIFFTAG_COPYRIGHT");
  return found == info.metadata.end() ? "" : found->second;
}

bool covers_ground_of(const RasterInfo& file, const Scene& scene) {
  if (!file.map_from_pixel || !same_crs(file.crs_wkt, scene.crs_wkt)) return false;
  const GeoTransform pixel_from_map = inverse(scene.map_from_pixel);
  const double allowed_x = std::max(1.0, static_cast<double>(scene.width) / file.width) / 2;
  const double allowed_y = std::max(1.0, static_cast<double>(scene.height) / file.height) / 2;
  constexpr std::array<Point, 3> kCorners{{{0, 0}, {1, 0}, {0, 1}}};
  return std::ranges::all_of(kCorners, [&](const Point& corner) {
    const Point map =
        map_from_pixel(*file.map_from_pixel, {corner.x * file.width, corner.y * file.height});
    const Point pixel = map_from_pixel(pixel_from_map, map);
    return std::abs(pixel.x - corner.x * scene.width) <= allowed_x &&
           std::abs(pixel.y - corner.y * scene.height) <= allowed_y;
  });
}

}  // namespace

std::optional<Skipped> add_file(Scene& scene, const RasterInfo& file) {
  if (!covers_ground_of(file, scene)) return Skipped{"other_grid"};
  scene.files.push_back({file.name, file.width, file.height, static_cast<int>(file.bands.size())});
  scene.bands.insert(scene.bands.end(), file.bands.begin(), file.bands.end());
  return std::nullopt;
}

std::optional<Skipped> place_on_earth(Scene& scene, const Geometry& pixels) {
  GeoTransform& transform = scene.map_from_pixel;
  transform = mirrored(transform, mirror_to_north_up(transform), scene.width, scene.height);
  const SceneGrid grid(scene.map_from_pixel, scene.crs_wkt);
  const auto gsd_m = ground_sample_distance_m(grid, {scene.width / 2.0, scene.height / 2.0});
  if (!gsd_m || !(*gsd_m > 0)) return Skipped{"outside_earth"};
  scene.gsd_m = *gsd_m;
  auto footprint = lonlat_footprint(pixels, grid);
  if (auto* skipped = std::get_if<Skipped>(&footprint)) return std::move(*skipped);
  scene.footprint_lonlat = std::move(std::get<Geometry>(footprint));
  return std::nullopt;
}

void probe_pixels(const Raster& raster) {
  const int right = raster.info().width - 1;
  const int bottom = raster.info().height - 1;
  const std::array places{std::pair{0, 0}, std::pair{right, 0}, std::pair{right / 2, bottom / 2},
                          std::pair{0, bottom}, std::pair{right, bottom}};
  std::array<float, 1> value{};
  for (const auto& [x, y] : places)
    raster.read<float>({{x, y, 1, 1}, {1}, 1, 1, Resampling::nearest}, value);
}

std::variant<Scene, Skipped> describe_grid(const Raster& raster, const std::string& name,
                                           const SceneOptions& options) {
  const RasterInfo& info = raster.info();
  if (info.bands.empty()) return Skipped{"no_bands"};
  if (info.crs_wkt.empty() && options.crs.empty()) return Skipped{"no_crs"};
  if (!info.map_from_pixel) return Skipped{"no_geotransform"};
  if (choose_bands(info.bands, options.bands).empty()) return Skipped{"other_bands"};
  Scene scene;
  scene.name = name;
  scene.files = {{info.name, info.width, info.height, static_cast<int>(info.bands.size())}};
  scene.width = info.width;
  scene.height = info.height;
  scene.map_from_pixel = *info.map_from_pixel;
  scene.crs_wkt = info.crs_wkt.empty() ? options.crs : info.crs_wkt;
  scene.date = date_of(info, name, options);
  scene.bands = with_rule(info.bands, options.data, nullptr);
  scene.licence = licence_of(info);
  const Geometry whole = Geometry::rectangle(
      {0, 0, static_cast<double>(info.width), static_cast<double>(info.height)});
  if (auto skipped = place_on_earth(scene, whole)) return *skipped;
  return scene;
}

std::variant<Scene, Skipped> describe_scene(Raster& raster, const std::string& name,
                                            const SceneOptions& options) {
  auto described = describe_grid(raster, name, options);
  auto* scene = std::get_if<Scene>(&described);
  if (scene == nullptr) return described;
  scene->bands = with_rule(raster.info().bands, options.data, &raster);
  raster.declare(scene->bands);
  const std::vector<int> bands = choose_bands(scene->bands, options.bands);
  auto pixels = valid_pixels(raster, {.bands = bands, .max_cells = options.footprint_cells});
  if (auto* skipped = std::get_if<Skipped>(&pixels)) return std::move(*skipped);
  if (auto skipped = place_on_earth(*scene, std::get<Geometry>(pixels))) return *skipped;
  return described;
}

}  // namespace skyglot
