// SPDX-License-Identifier: Apache-2.0
// Earth Engine image collections, listed by GDAL's EEDA driver and read by its EEDAI driver.
#pragma once

#include "imagery/catalogue_update.hpp"
#include "imagery/stac_item.hpp"

#include <string>

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

/// Adds the images of an asset to `catalogue` under names such as
/// "EEDAI:projects/.../IMAGE:B4,B3,B2". Footprints are those that Earth Engine gives; every image
/// is asked for its grid with one request, no pixel is read (except by a percentile stretch).
/// Credentials come from GDAL's options (EEDA_BEARER, GOOGLE_APPLICATION_CREDENTIALS, ...).
/// Throws Error(io) where the listing fails. Skipped: "unreadable" and those of describe_grid and
/// add_scenes.
[[nodiscard]] CatalogueCounts import_earth_engine(const EarthEngineImport& import,
                                                  ImageryCatalogue& catalogue);

}  // namespace skyglot
