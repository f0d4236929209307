// SPDX-License-Identifier: Apache-2.0
// Which bands of a raster are shown as red, green and blue.
#pragma once

#include "raster/raster.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// Numbers (from 1) of the bands that `wanted` names: band numbers, names ("B04", "nir") or colours
/// ("red"), letter case and leading zeros aside; three, or one for a grey picture. With nothing
/// wanted: the bands coloured or named red, green and blue, else Sentinel-2's B04, B03, B02, else
/// the first three that are not alpha, else the first. Empty if a wanted band is not there or the
/// raster has none.
[[nodiscard]] std::vector<int> choose_bands(const std::vector<BandInfo>& bands,
                                            const std::vector<std::string>& wanted);

}  // namespace skyglot
