// SPDX-License-Identifier: Apache-2.0
// Cataloguing the rasters in folders.
#pragma once

#include "imagery/catalogue_update.hpp"
#include "imagery/scene_builder.hpp"

#include <filesystem>
#include <vector>

namespace skyglot {

struct ScanOptions {
  std::vector<std::filesystem::path> inputs;  ///< folders, walked to the bottom, and files
  CollectionOptions collection;
  SceneOptions scenes;
  int threads = 1;

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// Every regular file under `inputs`, absolute, sorted, each once; hidden files and folders and
/// sidecars of rasters (.aux.xml, .ovr, .msk, world files) are left out. Throws Error(input) for
/// an input that does not exist.
[[nodiscard]] std::vector<std::filesystem::path> files_to_scan(
    const std::vector<std::filesystem::path>& inputs);

/// Adds every raster under the inputs to `catalogue`. Reasons of skipped files: those of
/// describe_scene and add_scenes, "not_a_raster", "points_elsewhere" (a virtual raster), and
/// "unreadable" for a damaged one; each but "not_a_raster" is also a warning that names the file.
/// The result does not depend on the number of threads.
[[nodiscard]] CatalogueCounts scan_folders(const ScanOptions& options, ImageryCatalogue& catalogue);

}  // namespace skyglot
