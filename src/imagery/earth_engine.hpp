// SPDX-License-Identifier: Apache-2.0
// Earth Engine image collections, listed by GDAL's EEDA driver and read by its EEDAI driver.
#pragma once

#include "imagery/catalogue_update.hpp"
#include "imagery/stac_item.hpp"

#include <string>
#include <string_view>

namespace skyglot {

struct EarthEngineImport {
  std::string asset;  ///< image collection: "COPERNICUS/S2_SR_HARMONIZED", or "projects/..."
  StacFilter filter;  ///< box and time; collections are not used
  CollectionOptions collection;
  SceneOptions scenes;
  std::size_t max_items = 1000;
  int threads = 1;

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// Whether what GDAL's driver hands on of the service or the line, which has no kind, is a fault
/// that passes: too many requests, an error of the server, a broken line.
[[nodiscard]] bool is_passing_fault(std::string_view gdal_message);

/// Adds the images of an asset to `catalogue` under names such as
/// "EEDAI:projects/.../IMAGE:B4,B3,B2". Footprints are those that Earth Engine gives; every image
/// is asked for its grid with one request, no pixel is read (except by a percentile stretch).
/// Credentials come from GDAL's options (EEDA_BEARER, GOOGLE_APPLICATION_CREDENTIALS, ...).
/// Throws Error(io) where the listing fails. Skipped: "unreadable" and those of describe_grid and
/// add_scenes.
[[nodiscard]] CatalogueCounts import_earth_engine(const EarthEngineImport& import,
                                                  ImageryCatalogue& catalogue);

}  // namespace skyglot
