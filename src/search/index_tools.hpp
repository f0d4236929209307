// SPDX-License-Identifier: Apache-2.0
// An index looked at as a whole: what it holds, whether it is sound, and the same for others.
#pragma once

#include "search/window_index.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

struct IndexSummary {
  std::map<std::int64_t, std::int64_t> windows_by_size;  ///< metres, rounded
  std::map<std::string, std::int64_t> windows_by_collection;
  std::int64_t without_place = 0;
  Box extent_lonlat;
  std::string first_date;  ///< "" if no window has one
  std::string last_date;
  std::vector<std::string> missing;  ///< rasters and inputs of pictures that are not there now
};

/// Reads every window. Throws Error(format) where a window's id is not that of its vector, or its
/// scene is not in the catalogue: with WindowIndex::open(), all that can be verified.
[[nodiscard]] IndexSummary summarise_index(WindowIndex& index);

/// Writes into `folder`, which is made: vectors.npy (float32, rows of unit length) with
/// vectors.npy.ids.txt, windows.gpkg as it is, and windows.csv. Each file atomically; memory is one
/// block of vectors. Throws Error(input) if one of them is there already and may not be replaced.
void export_index(WindowIndex& index, const std::filesystem::path& folder, bool overwrite);

}  // namespace skyglot
