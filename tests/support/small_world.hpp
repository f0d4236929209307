// SPDX-License-Identifier: Apache-2.0
// A small made-up place, as a map and two scenes, for tests that run the whole program.
#pragma once

#include <filesystem>
#include <string>

namespace skyglot::testing_support {

/// Files below one folder: map.osm (about 230 objects), aerial/aerial_20210601.tif (0.5 m, 8-bit
/// RGB, 3000 x 3000, a corner without data), satellite/satellite_20200801.tif (5 m, 16-bit, 4
/// bands). The same every time.
struct SmallWorld {
  std::filesystem::path folder;

  [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
};

/// Writes the raw files.
[[nodiscard]] SmallWorld make_small_world(const std::filesystem::path& folder);
/// Also runs 'objects import' and 'imagery scan': objects.gpkg and imagery.gpkg.
[[nodiscard]] SmallWorld make_catalogued_world(const std::filesystem::path& folder);

}  // namespace skyglot::testing_support
