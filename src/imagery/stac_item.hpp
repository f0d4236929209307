// SPDX-License-Identifier: Apache-2.0
// One STAC item (SpatioTemporal Asset Catalog 1.0 and 1.1) as a scene.
#pragma once

#include "base/http.hpp"
#include "base/skipped.hpp"
#include "imagery/catalogue.hpp"
#include "imagery/scene_builder.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace skyglot {

/// Which of the items to take; also the query of an API search.
struct StacFilter {
  std::optional<Box> bbox_lonlat;
  std::string datetime;  ///< "2021-06-01", or an interval "A/B" whose ends may be ".."
  std::vector<std::string> collections;

  /// Throws Error(usage).
  void validate() const;
};

/// `href` in the document at `base` (URL or path) as an absolute URL or path.
[[nodiscard]] std::string resolved_href(const std::string& base, const std::string& href);

/// The name under which GDAL reads `location`: http(s) through /vsicurl/, s3 and gs through their
/// own, plain absolute paths as they are. Nothing for other schemes, for GDAL's own virtual names,
/// and for paths that come from a document that is not local.
[[nodiscard]] std::optional<std::string> gdal_name_of(const std::string& location, bool local_base);

/// First and last day of "A/B" or of a single day, open ends beyond every date; "" for an end that
/// is no day.
[[nodiscard]] std::pair<std::string, std::string> days_of(const std::string& interval);

/// Whether an item lies in the box, the time and the collections of `filter`.
[[nodiscard]] bool matches(const nlohmann::json& item, const StacFilter& filter);

/// A scene from what choose_assets takes of an item. Local assets are opened; others only where the
/// item's projection and raster extensions leave something out or contradict its geometry. What an
/// opened file says counts, a contradiction is a warning, and what the file leaves out is as the
/// item says. Skipped: "damaged_item", "no_asset", "unsupported_href", "unreadable", and those of
/// describe_scene. An asset whose server does not answer, or is busy for longer than patience
/// lasts, is Error(io): it may be there tomorrow.
struct StacItemSource {
  std::string base;         ///< where the item was read: URL or path
  std::string asset_key;    ///< see StacWish
  HttpPatience patience{};  ///< with servers that stumble while an asset is opened
};
[[nodiscard]] std::variant<Scene, Skipped> scene_from_item(const nlohmann::json& item,
                                                           const StacItemSource& source,
                                                           const SceneOptions& options);

}  // namespace skyglot
