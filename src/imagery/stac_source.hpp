// SPDX-License-Identifier: Apache-2.0
// Reading STAC: items, item collections, static catalogues and API searches, page by page.
#pragma once

#include "base/http.hpp"
#include "imagery/catalogue_update.hpp"
#include "imagery/stac_item.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace skyglot {

struct StacSource {
  std::string location{};  ///< file or URL: item, item collection, catalogue, collection or API
  StacFilter filter{};
  int page_size = 100;           ///< items an API is asked for at a time
  std::size_t max_items = 1000;  ///< stop after so many
  int timeout_s = 60;            ///< of one request
  HttpPatience patience{};

  /// Throws Error(usage).
  void validate() const;
};

/// Hands every item and the location of the document it came from to `take`, in the source's
/// order. API searches get the filter as their query; of all other sources the caller filters.
/// Follows the links "next" (GET, or POST with body and merge), "item" and "child". Throws
/// Error(io) where a request fails, Error(format) where an answer is no STAC or pages go round in a
/// circle, Error(resource) for an answer past 64 MiB.
void read_stac(const StacSource& source,
               const std::function<void(nlohmann::json item, const std::string& base)>& take);

struct StacImport {
  StacSource source{};
  CollectionOptions collection{};
  SceneOptions scenes{};
  std::string asset{};  ///< see StacWish; "" chooses
  int threads = 1;
};

/// Adds the items of a source to `catalogue`. Skipped reasons: those of scene_from_item and
/// add_scenes, and "outside_filter".
[[nodiscard]] CatalogueCounts import_stac(const StacImport& import, ImageryCatalogue& catalogue);

}  // namespace skyglot
