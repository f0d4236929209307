// SPDX-License-Identifier: Apache-2.0
// What an index is made of: scenes with a place on the earth, and pictures without one.
#pragma once

#include "imagery/aligned_scenes.hpp"
#include "imagery/catalogue.hpp"
#include "imagery/declared_data.hpp"
#include "imagery/stretch.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// How rasters are shown that no catalogue says anything of.
struct RasterLook {
  std::vector<std::string> bands{};  ///< three, or one, by name or number; empty: see choose_bands
  StretchRule stretch{};
  DataRule data{};
};

struct IndexSources {
  ImageryCatalogue catalogue{};                   ///< scenes by collection and name, from 1
  AlignedScenes aligned{catalogue};               ///< of the catalogue
  std::vector<std::filesystem::path> pictures{};  ///< folders, tars, lists, data sets; sorted
};

/// Sources are imagery catalogues (.gpkg), rasters, folders of rasters, and what
/// index_picture_inputs() takes: a folder is one of rasters where it holds a file that is a raster
/// and no JPEG or PNG. Each raster has a stretch of its own, whatever lies beside it; rasters that
/// look alike share a collection, whose code ("00", "01" ...) no catalogue uses. Rasters that
/// cannot be used are warned of and left out. Throws Error(input) naming a source that holds
/// nothing, or two catalogues that mean different collections by one code.
[[nodiscard]] IndexSources read_index_sources(const std::vector<std::filesystem::path>& sources,
                                              const RasterLook& look, int threads);

}  // namespace skyglot
