// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_assets.hpp"

#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "imagery/stac_json.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace skyglot {
namespace {

bool is_raster_asset(const ReadJson& asset) {
  const std::string type = to_lower(text_at(asset, "type"));
  if (!type.empty())
    return type.starts_with("image/tiff") || type.starts_with("image/vnd.stac.geotiff") ||
           type.starts_with("image/jp2");
  const std::string href = to_lower(text_at(asset, "href"));
  return href.ends_with(".tif") || href.ends_with(".tiff") || href.ends_with(".jp2");
}

bool has_role(const ReadJson& asset, const char* role) {
  const auto roles = asset.find("roles");
  return roles != asset.end() && roles->is_array() &&
         std::ranges::count(*roles, ReadJson(role)) > 0;
}

// What an asset's bands are called: their common names, else their names.
std::vector<std::string> band_names(const ReadJson& asset) {
  std::vector<std::string> names;
  for (const char* list : {"eo:bands", "bands"}) {
    for (const ReadJson& band : list_at(asset, list)) {
      std::string name;
      for (const char* key : {"common_name", "eo:common_name", "name"})
        if (name.empty()) name = to_lower(text_at(band, key));
      names.push_back(std::move(name));
    }
    if (!names.empty()) break;
  }
  return names;
}

bool may_have_one_band(const ReadJson& asset) {
  return band_names(asset).size() <= 1 && list_at(asset, "raster:bands").size() <= 1;
}

// A wished band and what else it may be called.
using Names = std::vector<std::string>;

std::vector<Names> wished(const StacWish& wish) {
  if (wish.bands.empty())
    return {{"red", "b04", "b4"}, {"green", "b03", "b3"}, {"blue", "b02", "b2"}};
  std::vector<Names> names;
  for (const std::string& band : wish.bands) {
    if (parse_int(band)) return {};
    names.push_back({to_lower(band)});
  }
  return names;
}

using Assets = std::vector<std::pair<std::string, const ReadJson*>>;

Assets raster_assets(const ReadJson& item) {
  Assets assets;
  for (const auto& [key, asset] : item.at("assets").items())
    if (is_raster_asset(asset)) assets.emplace_back(key, &asset);
  return assets;
}

StacChoice only(const std::string& key, const ReadJson& asset) {
  return {.assets = {{key, &asset, ""}}};
}

StacChoice by_keys(const ReadJson& item, const std::string& keys) {
  const ReadJson& assets = item.at("assets");
  if (assets.contains(keys)) return only(keys, assets.at(keys));
  StacChoice choice;
  for (const std::string_view part : split(keys, ',')) {
    const std::string key(trim(part));
    if (!assets.contains(key)) return {};
    choice.assets.push_back({key, &assets.at(key), key});
  }
  return choice;
}

bool has_all(const ReadJson& asset, const std::vector<Names>& wanted) {
  const std::vector<std::string> names = band_names(asset);
  return std::ranges::all_of(
      wanted, [&](const Names& band) { return std::ranges::count(names, band.front()) > 0; });
}

StacChoice with_all_bands(const Assets& assets, const std::vector<Names>& wanted) {
  const auto found = std::ranges::find_if(
      assets, [&](const auto& entry) { return has_all(*entry.second, wanted); });
  return wanted.empty() || found == assets.end() ? StacChoice{}
                                                 : only(found->first, *found->second);
}

// The asset of one band: known by the band's name, else by its own key.
const std::pair<std::string, const ReadJson*>* asset_of_band(const Assets& assets,
                                                             const Names& band) {
  const auto single = [](const auto& entry) { return may_have_one_band(*entry.second); };
  const auto keyed = [&](const std::string& name) {
    return std::ranges::find_if(
        assets, [&](const auto& e) { return single(e) && to_lower(e.first) == name; });
  };
  if (const auto found = keyed(band.front()); found != assets.end()) return &*found;
  const auto called = std::ranges::find_if(assets, [&](const auto& entry) {
    const std::vector<std::string> names = band_names(*entry.second);
    return single(entry) && names.size() == 1 && names.front() == band.front();
  });
  if (called != assets.end()) return &*called;
  for (const std::string& name : band)
    if (const auto found = keyed(name); found != assets.end()) return &*found;
  return nullptr;
}

StacChoice joined(const Assets& assets, const std::vector<Names>& wanted) {
  StacChoice choice;
  for (const Names& band : wanted) {
    const auto* found = asset_of_band(assets, band);
    if (found == nullptr) return {};
    choice.assets.push_back({found->first, found->second, band.front()});
  }
  return choice;
}

StacChoice first_of(const Assets& assets) {
  const auto pick = [&](auto&& fits) -> StacChoice {
    const auto found = std::ranges::find_if(assets, [&](const auto& e) { return fits(*e.second); });
    if (found == assets.end()) return {};
    StacChoice choice = only(found->first, *found->second);
    choice.guessed = assets.size() > 1;
    return choice;
  };
  StacChoice choice = pick(
      [](const ReadJson& asset) { return has_role(asset, "visual") || has_role(asset, "data"); });
  if (!choice.assets.empty()) return choice;
  return pick([](const ReadJson& asset) {
    return !has_role(asset, "thumbnail") && !has_role(asset, "overview");
  });
}

}  // namespace

StacChoice choose_assets(const ReadJson& item, const StacWish& wish) {
  if (!wish.keys.empty()) return by_keys(item, wish.keys);
  const Assets assets = raster_assets(item);
  const std::vector<Names> wanted = wished(wish);
  const auto visual = std::ranges::find(assets, "visual", &Assets::value_type::first);
  if (visual != assets.end() && (wish.bands.empty() || has_all(*visual->second, wanted)))
    return only(visual->first, *visual->second);
  for (StacChoice choice : {with_all_bands(assets, wanted), joined(assets, wanted)})
    if (!choice.assets.empty()) return choice;
  return first_of(assets);
}

std::string to_string(const StacChoice& choice) {
  std::vector<std::string> keys;
  for (const StacAsset& asset : choice.assets) keys.push_back(asset.key);
  if (keys.empty()) return "no asset";
  return (keys.size() == 1 ? "asset " : "assets ") + join(keys, ", ");
}

}  // namespace skyglot
