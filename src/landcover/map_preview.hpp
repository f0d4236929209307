// SPDX-License-Identifier: Apache-2.0
// A map of land cover beside its imagery, with its legend, as one picture.
#pragma once

#include "landcover/ground.hpp"
#include "landcover/land_classes.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// What a legend says.
struct MapLegend {
  std::vector<CoverClass> classes;
  std::vector<std::int64_t> pixels;  ///< of each
};

/// A whole SVG file that needs no other: imagery on the left, the map of class numbers at `map` on
/// the right, each with `side` pixels on its longer side at most, and below them the classes with
/// their shares, largest first. Throws Error(format) where the map cannot be read.
[[nodiscard]] std::string map_preview_svg(const Ground& ground, std::size_t scene,
                                          const std::filesystem::path& map, const MapLegend& legend,
                                          int side = 720);

}  // namespace skyglot
