// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_item.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "imagery/bands.hpp"
#include "imagery/capture_date.hpp"
#include "imagery/footprint.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

namespace skyglot {
namespace {

using Json = nlohmann::json;

// An item of the right types that cannot be true.
struct DamagedItem {};

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A property of the asset, else of the item.
const Json* property(const Json& item, const Json& asset, const char* key) {
  if (const auto found = asset.find(key); found != asset.end()) return &*found;
  const Json& properties = item.at("properties");
  const auto found = properties.find(key);
  return found == properties.end() || found->is_null() ? nullptr : &*found;
}

bool is_raster_asset(const Json& asset) {
  const std::string type = to_lower(text_at(asset, "type"));
  if (!type.empty())
    return type.starts_with("image/tiff") || type.starts_with("image/vnd.stac.geotiff") ||
           type.starts_with("image/jp2");
  const std::string href = to_lower(text_at(asset, "href"));
  return href.ends_with(".tif") || href.ends_with(".tiff") || href.ends_with(".jp2");
}

bool has_role(const Json& asset, const char* role) {
  const auto roles = asset.find("roles");
  return roles != asset.end() && roles->is_array() && std::ranges::count(*roles, Json(role)) > 0;
}

const Json* choose_asset(const Json& item, const std::string& key) {
  const Json& assets = item.at("assets");
  if (!key.empty()) return assets.contains(key) ? &assets.at(key) : nullptr;
  if (assets.contains("visual") && is_raster_asset(assets.at("visual")))
    return &assets.at("visual");
  const Json* chosen = nullptr;
  for (const auto& asset : assets) {
    if (!is_raster_asset(asset)) continue;
    if (has_role(asset, "visual") || has_role(asset, "data")) return &asset;
    if (chosen == nullptr && !has_role(asset, "thumbnail") && !has_role(asset, "overview"))
      chosen = &asset;
  }
  return chosen;
}

std::string crs_of(const Json& item, const Json& asset) {
  if (const Json* code = property(item, asset, "proj:code"); code != nullptr && code->is_string())
    return code->get<std::string>();
  if (const Json* epsg = property(item, asset, "proj:epsg");
      epsg != nullptr && epsg->is_number_integer())
    return "EPSG:" + std::to_string(epsg->get<std::int64_t>());
  const Json* wkt = property(item, asset, "proj:wkt2");
  return wkt != nullptr && wkt->is_string() ? wkt->get<std::string>() : "";
}

SampleType type_from_stac(const std::string& name) {
  constexpr std::array<std::pair<const char*, SampleType>, 7> kTypes{
      {{"uint8", SampleType::u8},
       {"uint16", SampleType::u16},
       {"int16", SampleType::i16},
       {"uint32", SampleType::u32},
       {"int32", SampleType::i32},
       {"float32", SampleType::f32},
       {"float64", SampleType::f64}}};
  for (const auto& [stac, type] : kTypes)
    if (name == stac) return type;
  return SampleType::other;
}

std::optional<double> nodata_from(const Json& band) {
  const auto found = band.find("nodata");
  if (found == band.end() || found->is_null()) return std::nullopt;
  return found->is_string() ? parse_double(found->get<std::string>()) : found->get<double>();
}

// Bands as the raster extension (or STAC 1.1's own field) gives them; empty where types are left
// out.
std::vector<BandInfo> bands_of(const Json& asset) {
  const Json none = Json::array();
  const Json& raster =
      asset.contains("raster:bands") ? asset.at("raster:bands") : asset.value("bands", none);
  const Json& optical = asset.contains("eo:bands") ? asset.at("eo:bands") : raster;
  std::vector<BandInfo> bands;
  for (std::size_t i = 0; i < raster.size(); ++i) {
    BandInfo band{.name = std::to_string(i + 1),
                  .colour = "Undefined",
                  .type = type_from_stac(text_at(raster[i], "data_type")),
                  .nodata = nodata_from(raster[i])};
    if (band.type == SampleType::other) return {};
    if (i < optical.size()) {
      if (const auto name = text_at(optical[i], "name"); !name.empty()) band.name = name;
      for (const char* key : {"common_name", "eo:common_name"})
        if (const auto colour = text_at(optical[i], key); !colour.empty()) band.colour = colour;
    }
    bands.push_back(std::move(band));
  }
  return bands;
}

// Pixels along one side; 0 where no raster can have so many.
int side_from(const Json& json) {
  const double side = json.get<double>();
  return side >= 1 && side <= std::numeric_limits<int>::max() ? static_cast<int>(side) : 0;
}

bool read_grid(const Json& item, const Json& asset, Scene& scene) {
  const Json* shape = property(item, asset, "proj:shape");
  const Json* transform = property(item, asset, "proj:transform");
  scene.crs_wkt = crs_of(item, asset);
  if (shape == nullptr || transform == nullptr || shape->size() != 2 || transform->size() < 6 ||
      scene.crs_wkt.empty())
    return false;
  scene.height = side_from(shape->at(0));
  scene.width = side_from(shape->at(1));
  std::array<double, 6> t{};
  for (std::size_t i = 0; i < 6; ++i) t.at(i) = transform->at(i).get<double>();
  // STAC orders the numbers as rows of a matrix, GDAL with the offset first.
  scene.map_from_pixel = {t[2], t[0], t[1], t[5], t[3], t[4]};
  return scene.width > 0 && scene.height > 0;
}

std::vector<Path> rings_from(const Json& polygon, double reference) {
  std::vector<Path> rings;
  for (const Json& ring : polygon) {
    Path path;
    for (const Json& p : ring) {
      const double x = p.at(0).get<double>();
      // Far beyond any turn, unwrapping would only round.
      if (std::abs(x) > 720) throw DamagedItem();
      path.push_back({unwrapped_longitude(x, path.empty() ? reference : path.back().x),
                      p.at(1).get<double>()});
    }
    // Some services leave the rings open.
    if (!path.empty() && path.front() != path.back()) path.push_back(path.front());
    rings.push_back(std::move(path));
  }
  return rings;
}

// GeoJSON cuts shapes at the antimeridian; here their parts meet again.
Geometry geometry_from(const Json& json) {
  Geometry geometry{GeometryKind::polygon, {}};
  const std::string type = text_at(json, "type");
  if (type != "Polygon" && type != "MultiPolygon") return geometry;
  const Json& coordinates = json.at("coordinates");
  const Json polygons = type == "Polygon" ? Json::array({coordinates}) : coordinates;
  for (const Json& polygon : polygons) {
    const double reference = geometry.parts.empty() ? polygon.at(0).at(0).at(0).get<double>()
                                                    : geometry.parts[0][0][0].x;
    geometry.parts.push_back(rings_from(polygon, reference));
  }
  return geometry;
}

// Fills what the item says about itself; false where the asset has to be opened for the rest.
bool describe_from_item(const Json& item, const Json& asset, Scene& scene) {
  scene.bands = bands_of(asset);
  if (scene.bands.empty() || !read_grid(item, asset, scene) || !item.contains("geometry"))
    return false;
  const Geometry declared = geometry_from(item.at("geometry"));
  if (declared.parts.empty()) return false;
  if (!is_footprint(declared)) throw DamagedItem();
  const Geometry whole = Geometry::rectangle(
      {0, 0, static_cast<double>(scene.width), static_cast<double>(scene.height)});
  if (place_on_earth(scene, whole)) return false;
  scene.footprint_lonlat = declared;
  return true;
}

std::string date_of(const Json& item, const SceneOptions& options) {
  if (!options.date.empty()) return options.date;
  const Json& properties = item.at("properties");
  for (const char* key : {"datetime", "start_datetime"})
    if (auto date = parse_date(text_at(properties, key))) return *date;
  return "";
}

std::variant<Scene, Skipped> scene_of_asset(const Json& item, const StacItemSource& source,
                                            const SceneOptions& options) {
  const Json* asset = choose_asset(item, source.asset_key);
  if (asset == nullptr) return Skipped{"no_asset"};
  const std::string href = text_at(*asset, "href");
  if (href.empty()) return Skipped{"unsupported_href"};
  const bool local = source.base.find("://") == std::string::npos;
  const auto name = gdal_name_of(resolved_href(source.base, href), local);
  if (!name) return Skipped{"unsupported_href"};
  Scene scene;
  if (describe_from_item(item, *asset, scene)) {
    if (choose_bands(scene.bands, options.bands).empty()) return Skipped{"other_bands"};
    scene.bands = with_rule(std::move(scene.bands), options.data, nullptr);
    scene.files = {{*name, scene.width, scene.height, static_cast<int>(scene.bands.size())}};
  } else {
    auto opened = describe_scene(Raster::open(*name), text_at(item, "id"), options);
    if (auto* skipped = std::get_if<Skipped>(&opened)) return std::move(*skipped);
    scene = std::move(std::get<Scene>(opened));
  }
  scene.name = text_at(item, "id");
  scene.date = date_of(item, options);
  if (const auto licence = text_at(item.at("properties"), "license"); !licence.empty())
    scene.licence = licence;
  return scene;
}

std::string folder_of(const std::string& base) {
  const std::size_t end = base.find_first_of("?#");
  const std::string path = base.substr(0, end);
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

bool in_box(const Json& item, const Box& wanted) {
  const auto found = item.find("bbox");
  if (found == item.end() || !found->is_array() || (found->size() != 4 && found->size() != 6))
    return true;
  const std::size_t half = found->size() / 2;
  Box box{found->at(0), found->at(1), found->at(half), found->at(half + 1)};
  // A box over the antimeridian has its west east of its east.
  if (box.max_x < box.min_x) box.max_x += 360;
  return intersects(box, wanted) || intersects(shifted(box, 360, 0), wanted) ||
         intersects(shifted(box, -360, 0), wanted);
}

}  // namespace

void StacFilter::validate() const {
  if (bbox_lonlat && (bbox_lonlat->empty() || std::abs(bbox_lonlat->min_y) > 90 ||
                      std::abs(bbox_lonlat->max_y) > 90))
    fail(ErrorKind::usage, "--bbox must be WEST,SOUTH,EAST,NORTH in degrees");
  if (datetime.empty()) return;
  const auto [from, to] = days_of(datetime);
  if (from.empty() || to.empty() || from > to)
    fail(ErrorKind::usage, "--datetime {} is no day or interval such as 2021-06-01/2021-08-31",
         datetime);
}

std::string resolved_href(const std::string& base, const std::string& href) {
  if (href.find("://") != std::string::npos) return href;
  const std::size_t scheme = base.find("://");
  if (scheme == std::string::npos)
    return (std::filesystem::absolute(base).parent_path() / href).lexically_normal().string();
  const std::size_t host_end = base.find_first_of("/?#", scheme + 3);
  const std::string origin = base.substr(0, host_end);
  if (href.starts_with("//")) return base.substr(0, scheme + 1) + href;
  const std::string folder = host_end == std::string::npos || base[host_end] != '/'
                                 ? "/"
                                 : folder_of(base).substr(origin.size());
  const std::size_t query = href.find_first_of("?#");
  const std::string path =
      (std::filesystem::path(folder) / href.substr(0, query)).lexically_normal();
  return origin + path + (query == std::string::npos ? "" : href.substr(query));
}

std::optional<std::string> gdal_name_of(const std::string& location, bool local_base) {
  for (const auto& [scheme, prefix] :
       {std::pair{"http://", "/vsicurl/http://"}, std::pair{"https://", "/vsicurl/https://"},
        std::pair{"s3://", "/vsis3/"}, std::pair{"gs://", "/vsigs/"}})
    if (location.starts_with(scheme))
      return prefix + location.substr(std::string_view(scheme).size());
  const bool plain_path = location.starts_with('/') && !location.starts_with("/vsi");
  if (local_base && location.starts_with("file:///")) return gdal_name_of(location.substr(7), true);
  return local_base && plain_path ? std::optional(location) : std::nullopt;
}

std::pair<std::string, std::string> days_of(const std::string& interval) {
  const std::size_t slash = interval.find('/');
  const std::string from = interval.substr(0, slash);
  const std::string to = slash == std::string::npos ? from : interval.substr(slash + 1);
  const auto day = [](const std::string& text, const char* open) {
    return text == ".." || text.empty() ? std::string(open) : parse_date(text).value_or("");
  };
  return {day(from, "0000-00-00"), day(to, "9999-99-99")};
}

bool matches(const Json& item, const StacFilter& filter) {
  try {
    if (!filter.collections.empty() &&
        std::ranges::count(filter.collections, text_at(item, "collection")) == 0)
      return false;
    if (filter.bbox_lonlat && !in_box(item, *filter.bbox_lonlat)) return false;
    if (filter.datetime.empty()) return true;
    const std::string date = date_of(item, {});
    const auto [from, to] = days_of(filter.datetime);
    return date.empty() || (date >= from && date <= to);
  } catch (const Json::exception&) {
    return true;  // scene_from_item will say what is wrong with it
  }
}

std::variant<Scene, Skipped> scene_from_item(const Json& item, const StacItemSource& source,
                                             const SceneOptions& options) {
  try {
    return scene_of_asset(item, source, options);
  } catch (const Json::exception&) {
    return Skipped{"damaged_item"};
  } catch (const DamagedItem&) {
    return Skipped{"damaged_item"};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    log_warning("left out an item of {}: {}", source.base, error.what());
    return Skipped{"unreadable"};
  }
}

}  // namespace skyglot
