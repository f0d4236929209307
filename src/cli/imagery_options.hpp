// SPDX-License-Identifier: Apache-2.0
// What the commands that add scenes to a catalogue have in common.
#pragma once

#include "cli/options.hpp"
#include "imagery/catalogue_update.hpp"
#include "imagery/declared_data.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skyglot {

/// Options of the collection and the catalogue, and how a run ends.
struct ImageryOptions {
  CommonOptions common;
  CollectionOptions collection;
  DataRule data;
  std::filesystem::path output;
  bool overwrite = false;
  std::uint64_t max_skipped = UINT64_MAX;

  void add_to(CLI::App& app);
  /// Writes the catalogue and prints what became of the items; returns an ExitCode. Throws
  /// Error(input) if no scene was found; then nothing is written. "not_a_raster" does not count
  /// towards max_skipped.
  [[nodiscard]] int finish(const ImageryCatalogue& catalogue, const CatalogueCounts& counts) const;
};

/// Adds "--bbox WEST,SOUTH,EAST,NORTH"; an east below the west lies past the antimeridian.
void add_bbox(CLI::App& app, std::optional<Box>& bbox_lonlat);

}  // namespace skyglot
