// SPDX-License-Identifier: Apache-2.0
// Maps laid over labelled truth, pixel by pixel.
#pragma once

#include "landcover/land_classes.hpp"
#include "landcover/map_score.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace skyglot {

/// What the labels mean.
struct TruthLegend {
  std::map<int, std::string> values{};      ///< names of label values
  std::map<Colour, std::string> colours{};  ///< names of colours of a colour-coded mask
  std::vector<int> ignored{};               ///< values that say nothing
};

/// A table with the columns name and either value or red, green, blue; a name "ignore" marks what
/// says nothing. Throws Error(format) naming line and cell.
[[nodiscard]] TruthLegend parse_legend(const std::string& csv, const std::string& name);

/// Map files with the truth of each: one file each, or two folders whose files have equal stems.
/// Throws Error(input) naming a map without truth.
[[nodiscard]] std::vector<std::pair<std::filesystem::path, std::filesystem::path>> maps_with_truth(
    const std::filesystem::path& maps, const std::filesystem::path& truth);

/// Pixels where the map shows a class (not 0) and the truth a label. A one-band truth holds label
/// values, also where it has a palette; three bands need legend.colours. With `named` the classes
/// are the map's, and those of the truth that it lacks behind them. Throws Error(input) where the
/// two have other sizes, or a label or colour is not in the legend.
[[nodiscard]] ClusterCounts count_pixels(const std::filesystem::path& map,
                                         const std::filesystem::path& truth,
                                         const TruthLegend& legend, bool named);

}  // namespace skyglot
