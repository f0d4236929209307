// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_builder.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "imagery/bands.hpp"
#include "imagery/capture_date.hpp"
#include "imagery/footprint.hpp"
#include "raster/gsd.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace skyglot {
namespace {

std::string date_of(const RasterInfo& info, const std::string& name, const SceneOptions& options) {
  if (!options.date.empty()) return options.date;
  if (!options.date_pattern.empty())
    if (auto date = date_from_pattern(name, options.date_pattern)) return *date;
  if (auto date = date_from_metadata(info.metadata)) return *date;
  return date_from_name(name).value_or("");
}

std::string utf8_from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) utf8 += static_cast<char>(0xC0 | byte >> 6);
    utf8 += byte >= 0x80 ? static_cast<char>(0x80 | (byte & 0x3F)) : c;
  }
  return utf8;
}

// Tags hold line ends and zeros, and old ones Latin-1.
std::string single_line(const std::string& tag) {
  std::string line;
  for (const char c : is_utf8(tag) ? tag : utf8_from_latin1(tag)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return std::string(trim(line));
}

std::string licence_of(const RasterInfo& info) {
  for (const char* key : {"TIFFTAG_COPYRIGHT", "EXIF_Copyright", "Copyright", "COPYRIGHT",
                          "NC_GLOBAL#license", "license", "licence"}) {
    const auto found = info.metadata.find(key);
    if (found == info.metadata.end()) continue;
    if (std::string text = single_line(found->second); !text.empty()) return text;
  }
  return "";
}

// Why nothing can be said of where a raster's pixels lie; "" where something can.
std::string missing_place(const RasterInfo& info, const SceneOptions& options) {
  if (!info.unrectified_by.empty()) return info.unrectified_by + "_only";
  if (info.crs_wkt.empty() && options.crs.empty()) return "no_crs";
  return info.map_from_pixel ? "" : "no_geotransform";
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

std::string skip_advice(const std::string& reason) {
  static const std::map<std::string, std::string> kAdvice{
      {"no_crs", "it has no coordinate reference system on the earth; --crs EPSG:... gives it one"},
      {"no_geotransform", "nothing says where its pixels lie (no geotransform or world file)"},
      {"gcp_only", "located by ground control points: gdalwarp it first"},
      {"rpc_only", "located by rational polynomials: gdalwarp -rpc it first, with a height model"},
      {"geolocation_only", "located by an array of places: gdalwarp -geoloc it first"},
      {"other_grid",
       "its files do not cover the same ground; name assets of one grid with --asset, or warp them "
       "to one"},
      {"no_valid_pixels", "all its pixels are nodata"},
      {"no_bands", "it has no bands of its own"},
      {"points_elsewhere",
       "a virtual raster is not opened, for it may name any file; scan the folder of its parts "
       "(tiles beside each other are read as one), or gdal_translate it"},
      {"other_bands", "it lacks the bands of the collection"},
      {"outside_earth", "its coordinates lie outside its reference system"},
      {"around_pole", "its footprint runs around a pole; cut it into parts"}};
  const auto found = kAdvice.find(reason);
  return found == kAdvice.end() ? "" : found->second;
}

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

std::variant<Scene, Skipped> describe_grid(const RasterInfo& info, const std::string& name,
                                           const SceneOptions& options) {
  if (info.bands.empty()) return Skipped{"no_bands"};
  if (std::string reason = missing_place(info, options); !reason.empty())
    return Skipped{std::move(reason)};
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
  return describe_scene(raster, raster.info(), name, options);
}

std::variant<Scene, Skipped> describe_scene(Raster& raster, const RasterInfo& info,
                                            const std::string& name, const SceneOptions& options) {
  auto described = describe_grid(info, name, options);
  auto* scene = std::get_if<Scene>(&described);
  if (scene == nullptr) return described;
  scene->bands = with_rule(info.bands, options.data, &raster);
  raster.declare(scene->bands);
  const std::vector<int> bands = choose_bands(scene->bands, options.bands);
  auto pixels = valid_pixels(
      raster, {.bands = bands, .max_cells = options.footprint_cells, .told = info.bands});
  if (auto* skipped = std::get_if<Skipped>(&pixels)) return std::move(*skipped);
  if (auto skipped = place_on_earth(*scene, std::get<Geometry>(pixels))) return *skipped;
  return described;
}

}  // namespace skyglot
