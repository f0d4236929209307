// SPDX-License-Identifier: Apache-2.0
// How well every place fits a question, as a raster.
#pragma once

#include "search/window_index.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace skyglot {

struct HeatMap {
  int width = 0;
  int height = 0;
  double pixel_m = 0;  ///< in the map's own metres
};

/// Writes a cloud-optimised GeoTIFF in Web Mercator (EPSG:3857, what web maps show) over all
/// windows of `rows` (nothing: all): one band of 32-bit floats, "similarity", the mean cosine of
/// the windows that show a pixel's middle; NaN where none does. A pixel is a quarter of the
/// smallest window wide, or wider where the map would have more than 16 million of them. Beyond 85
/// degrees there is no map. Memory: 8 bytes a pixel and 36 a window. Throws Error(input) where no
/// window has a place.
HeatMap write_heat_map(const std::filesystem::path& path, WindowIndex& index,
                       std::span<const float> scores, const std::vector<std::int64_t>* rows);

}  // namespace skyglot
