// SPDX-License-Identifier: Apache-2.0
// The pictures to be taken of a town: their grids, sensors, suns and seasons.
#pragma once

#include "raster/raster_writer.hpp"
#include "raster/transform.hpp"
#include "simulate/town.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot::simulate {

/// What a scene records.
enum class Sensor : std::uint8_t {
  rgb8,      ///< red, green, blue as people see them, 8 bits
  multi16,   ///< blue, green, red, near infrared: reflectance * 10,000, 16 bits, 0: no data
  classes8,  ///< values of LandClass
};

struct SceneSpec {
  std::filesystem::path file;  ///< below the output folder
  Sensor sensor = Sensor::rgb8;
  std::string crs;
  GeoTransform map_from_pixel{};
  int width = 0;
  int height = 0;
  int oversample = 1;  ///< the picture is drawn this many times finer and averaged
  Point shift_m{};     ///< the picture lies this far off the map
  std::string date;    ///< "2021-06-14"
  double sun_azimuth_deg = 160;
  double sun_elevation_deg = 52;
  double dryness = 0;  ///< of the vegetation, 0 to 1
  double exposure = 1;
  bool cut_corner = false;  ///< a wedge of no data, as at the edge of a swath
};

/// Where the plan lies: its origin in UTM zone 32 (EPSG:32632), in the open North Sea.
inline constexpr Point kOrigin_utm{379000, 6080000};
inline constexpr const char* kPlanCrs = "EPSG:32632";

/// The aerial, satellite and class pictures of a town.
[[nodiscard]] std::vector<SceneSpec> plan_scenes(const Town& town);

/// Pixels of a scene's drawing grid (oversampled) from the plan and back.
class SceneProjection {
 public:
  explicit SceneProjection(const SceneSpec& spec);
  /// Exact. Not for use by two threads at once.
  [[nodiscard]] Point pixel_from_plan(Point plan) const;
  /// Affine, true at the scene's centre; within a metre elsewhere, good enough for texture.
  [[nodiscard]] const GeoTransform& plan_from_pixel() const { return plan_from_pixel_; }
  /// Metres of one drawn pixel.
  [[nodiscard]] double pixel_m() const { return pixel_m_; }

 private:
  Point shift_;
  double oversample_;
  GeoTransform pixel_from_map_;
  std::optional<CrsTransform> map_from_utm_;
  GeoTransform plan_from_pixel_{};
  double pixel_m_ = 1;
};

}  // namespace skyglot::simulate
