// SPDX-License-Identifier: Apache-2.0
// Which assets of a STAC item make a scene: one with all its bands, or one a band.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace skyglot {

struct StacAsset {
  std::string key;
  const nlohmann::json* json = nullptr;  ///< within the item
  std::string band;  ///< what its only band is called where several assets are joined, else ""
};

struct StacChoice {
  std::vector<StacAsset> assets;  ///< none: the item has no fitting one
  bool guessed = false;           ///< neither asked for nor known by name: the first there is
};

/// What is asked for of an item's assets.
struct StacWish {
  std::string keys{};                ///< "visual", or "red,green,blue" to join one band a file
  std::vector<std::string> bands{};  ///< the collection's; numbers tell nothing of assets
};

/// The assets of `wish.keys`; else "visual"; else one that has red, green and blue (or the bands
/// wished for) among its bands; else one asset each for these, by what its only band is called, by
/// its key, or by Sentinel-2's numbers; else the first raster asset that is data, else the first
/// that is no thumbnail. Throws nlohmann::json::exception for a damaged item.
[[nodiscard]] StacChoice choose_assets(const nlohmann::json& item, const StacWish& wish);

/// "asset visual", "assets red, green, blue", "no asset".
[[nodiscard]] std::string to_string(const StacChoice& choice);

}  // namespace skyglot
