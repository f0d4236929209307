// SPDX-License-Identifier: Apache-2.0
// From an open raster to a scene of the catalogue.
#pragma once

#include "base/skipped.hpp"
#include "imagery/catalogue.hpp"
#include "imagery/declared_data.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace skyglot {

/// What is said about scenes from outside their files.
struct SceneOptions {
  std::string crs{};                 ///< for rasters that have none; "" leaves them out
  std::string date{};                ///< of every scene; "" finds it in metadata and name
  std::string date_pattern{};        ///< see date_from_pattern
  std::vector<std::string> bands{};  ///< the collection's; validity is judged by these
  int footprint_cells = 1024;        ///< see FootprintOptions
  DataRule data{};
};

/// Describes `raster`, called `name` by people. Skipped: "no_bands", "other_bands", "no_crs",
/// "no_geotransform", "gcp_only", "rpc_only", "geolocation_only", "no_valid_pixels",
/// "outside_earth", "around_pole".
/// Tells `raster` what options.data says of its bands. Throws Error(format) if pixels cannot be
/// read.
[[nodiscard]] std::variant<Scene, Skipped> describe_scene(Raster& raster, const std::string& name,
                                                          const SceneOptions& options);
[[nodiscard]] inline std::variant<Scene, Skipped> describe_scene(Raster&& raster,
                                                                 const std::string& name,
                                                                 const SceneOptions& options) {
  return describe_scene(raster, name, options);
}

/// The same where more is known of `raster` than it says itself: `info` counts.
[[nodiscard]] std::variant<Scene, Skipped> describe_scene(Raster& raster, const RasterInfo& info,
                                                          const std::string& name,
                                                          const SceneOptions& options);

/// The same without a look at the pixels: the footprint is the whole grid.
[[nodiscard]] std::variant<Scene, Skipped> describe_grid(const RasterInfo& info,
                                                         const std::string& name,
                                                         const SceneOptions& options);

/// What a reason to leave out a raster means and what to do about it; "" where nothing is to be
/// said.
[[nodiscard]] std::string skip_advice(const std::string& reason);

/// Adds the bands of one more file to `scene`, whose first file decides the grid: give the finest
/// one first. Skipped: "other_grid" where the file does not cover the scene's ground (same
/// reference system, corners within half a pixel of the coarser grid).
[[nodiscard]] std::optional<Skipped> add_file(Scene& scene, const RasterInfo& file);

/// Reads the pixels at the corners and the centre. Throws Error(format) if the file is damaged or
/// cut off there.
void probe_pixels(const Raster& raster);

/// `gsd_m` and `footprint_lonlat` from the grid of `scene`, which is turned north up first, and an
/// outline in pixels of that.
[[nodiscard]] std::optional<Skipped> place_on_earth(Scene& scene, const Geometry& pixels);

}  // namespace skyglot
