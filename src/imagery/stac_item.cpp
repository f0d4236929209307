// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_item.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "base/url.hpp"
#include "imagery/bands.hpp"
#include "imagery/capture_date.hpp"
#include "imagery/footprint.hpp"
#include "imagery/remote_file.hpp"
#include "imagery/stac_assets.hpp"
#include "imagery/stac_json.hpp"
#include "raster/gdal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

namespace skyglot {
namespace {

// An item of the right types that cannot be true.
struct DamagedItem {};

// A property of the asset, else of the item.
const ReadJson* property(const ReadJson& item, const ReadJson& asset, const char* key) {
  if (const auto found = asset.find(key); found != asset.end()) return &*found;
  const ReadJson& properties = item.at("properties");
  const auto found = properties.find(key);
  return found == properties.end() || found->is_null() ? nullptr : &*found;
}

std::string crs_of(const ReadJson& item, const ReadJson& asset) {
  if (const ReadJson* code = property(item, asset, "proj:code");
      code != nullptr && code->is_string())
    return code->get<std::string>();
  if (const ReadJson* epsg = property(item, asset, "proj:epsg");
      epsg != nullptr && epsg->is_number_integer())
    return "EPSG:" + std::to_string(epsg->get<std::int64_t>());
  const ReadJson* wkt = property(item, asset, "proj:wkt2");
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

std::optional<double> nodata_from(const ReadJson& band) {
  const auto found = band.find("nodata");
  if (found == band.end() || found->is_null()) return std::nullopt;
  return found->is_string() ? parse_double(found->get<std::string>()) : found->get<double>();
}

double number_at(const ReadJson& object, const char* key, double otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

void read_optical(const ReadJson& optical, BandInfo& band) {
  if (const auto name = text_at(optical, "name"); !name.empty()) band.name = name;
  for (const char* key : {"common_name", "eo:common_name"})
    if (const auto colour = text_at(optical, key); !colour.empty()) band.colour = colour;
  for (const char* key : {"center_wavelength", "eo:center_wavelength"})
    if (const double length = number_at(optical, key, 0); length > 0) band.wavelength_um = length;
}

// Bands as the raster extension (or STAC 1.1's own field) gives them, with the type `other` where
// none is given.
std::vector<BandInfo> bands_of(const ReadJson& asset) {
  const ReadJson& raster =
      asset.contains("raster:bands") ? list_at(asset, "raster:bands") : list_at(asset, "bands");
  const ReadJson& optical = asset.contains("eo:bands") ? list_at(asset, "eo:bands") : raster;
  std::vector<BandInfo> bands;
  for (std::size_t i = 0; i < raster.size(); ++i) {
    BandInfo band{.name = std::to_string(i + 1),
                  .colour = "Undefined",
                  .type = type_from_stac(text_at(raster[i], "data_type")),
                  .nodata = nodata_from(raster[i])};
    band.scale = number_at(raster[i], "scale", 1);
    band.offset = number_at(raster[i], "offset", 0);
    if (i < optical.size()) read_optical(optical[i], band);
    bands.push_back(std::move(band));
  }
  return bands;
}

// Pixels along one side; 0 where no raster can have so many.
int side_from(const ReadJson& json) {
  const double side = json.get<double>();
  return side >= 1 && side <= std::numeric_limits<int>::max() ? static_cast<int>(side) : 0;
}

bool is_known_crs(const std::string& crs) {
  try {
    (void)CrsTransform(crs, kLonLat);
    return !crs.empty();
  } catch (const Error&) {
    return false;  // some items name "EPSG:None"
  }
}

bool is_invertible(const GeoTransform& transform) {
  try {
    (void)inverse(transform);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// What the item says of the grid; parts that it leaves out, or that cannot be, stay empty.
void read_grid(const ReadJson& item, const ReadJson& asset, RasterInfo& info) {
  if (const std::string crs = crs_of(item, asset); is_known_crs(crs)) info.crs_wkt = crs;
  const ReadJson* shape = property(item, asset, "proj:shape");
  if (shape != nullptr && shape->size() == 2) {
    info.height = side_from(shape->at(0));
    info.width = side_from(shape->at(1));
  }
  const ReadJson* transform = property(item, asset, "proj:transform");
  if (transform == nullptr || transform->size() < 6) return;
  std::array<double, 6> t{};
  for (std::size_t i = 0; i < 6; ++i) t.at(i) = transform->at(i).get<double>();
  // STAC orders the numbers as rows of a matrix, GDAL with the offset first.
  const GeoTransform place{t[2], t[0], t[1], t[5], t[3], t[4]};
  if (is_invertible(place)) info.map_from_pixel = place;
}

bool has_grid(const RasterInfo& info) {
  return info.width > 0 && info.height > 0 && info.map_from_pixel && !info.crs_wkt.empty();
}

RasterInfo told_by_item(const ReadJson& item, const StacAsset& asset,
                        const std::string& gdal_name) {
  RasterInfo info;
  info.name = gdal_name;
  info.bands = bands_of(*asset.json);
  read_grid(item, *asset.json, info);
  return info;
}

std::vector<Path> rings_from(const ReadJson& polygon, double reference) {
  std::vector<Path> rings;
  for (const ReadJson& ring : polygon) {
    Path path;
    for (const ReadJson& p : ring) {
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
Geometry geometry_from(const ReadJson& json) {
  Geometry geometry{GeometryKind::polygon, {}};
  const std::string type = text_at(json, "type");
  if (type != "Polygon" && type != "MultiPolygon") return geometry;
  const ReadJson& coordinates = json.at("coordinates");
  const ReadJson polygons = type == "Polygon" ? ReadJson::array({coordinates}) : coordinates;
  for (const ReadJson& polygon : polygons) {
    const double reference = geometry.parts.empty() ? polygon.at(0).at(0).at(0).get<double>()
                                                    : geometry.parts[0][0][0].x;
    geometry.parts.push_back(rings_from(polygon, reference));
  }
  return geometry;
}

// What the item says of its footprint; none where it says nothing. A false one is damage.
std::optional<Geometry> declared_footprint(const ReadJson& item) {
  const auto found = item.find("geometry");
  if (found == item.end()) return std::nullopt;
  Geometry declared = geometry_from(*found);
  if (declared.parts.empty()) return std::nullopt;
  if (!is_footprint(declared)) throw DamagedItem();
  return declared;
}

// Whether a footprint lies within a grid, a few pixels and hundredths aside, and is no mere speck
// of it, as where the numbers of a transform are in the wrong order.
bool lies_in_grid(const Geometry& lonlat, const RasterInfo& info) {
  const SceneGrid grid(*info.map_from_pixel, info.crs_wkt);
  const auto pixels = grid.pixel_from_lonlat(lonlat);
  if (!pixels) return false;
  const double margin = 2 + 0.02 * std::max(info.width, info.height);
  const Box box = bounding_box(*pixels);
  constexpr double kSpeck = 0.02;
  if (box.width() < kSpeck * info.width || box.height() < kSpeck * info.height) return false;
  return box.min_x >= -margin && box.min_y >= -margin && box.max_x <= info.width + margin &&
         box.max_y <= info.height + margin;
}

// Whether two descriptions put the same pixels to the same places, up to half a pixel.
bool same_grid(const RasterInfo& told, const RasterInfo& file) {
  if (told.width != file.width || told.height != file.height) return false;
  const SceneGrid told_grid(*told.map_from_pixel, told.crs_wkt);
  const SceneGrid file_grid(*file.map_from_pixel, file.crs_wkt);
  const double right = file.width;
  const double bottom = file.height;
  for (const Point corner :
       {Point{0, 0}, Point{right, 0}, Point{right, bottom}, Point{0, bottom}}) {
    const auto lonlat = file_grid.lonlat_from_pixel(corner);
    const auto pixel = lonlat ? told_grid.pixel_from_lonlat(*lonlat) : std::nullopt;
    if (!pixel || !(std::hypot(pixel->x - corner.x, pixel->y - corner.y) <= 0.5)) return false;
  }
  return true;
}

bool is_plain(const BandInfo& band) {
  return band.colour == "Undefined" || band.colour == "Gray";
}

void complete(BandInfo& file, const BandInfo& told) {
  if (!file.nodata) file.nodata = told.nodata;
  if (!file.wavelength_um) file.wavelength_um = told.wavelength_um;
  if (file.scale == 1 && file.offset == 0) {
    file.scale = told.scale;
    file.offset = told.offset;
  }
  if (!is_plain(file) || told.colour == "Undefined") return;
  file.colour = told.colour;
  file.name = told.name;
}

// The file as it is; what it leaves open is as the item says.
RasterInfo completed(RasterInfo file, const RasterInfo& told) {
  if (file.bands.size() == told.bands.size())
    for (std::size_t i = 0; i < file.bands.size(); ++i) complete(file.bands[i], told.bands[i]);
  if (file.crs_wkt.empty()) file.crs_wkt = told.crs_wkt;
  if (!file.map_from_pixel && file.width == told.width && file.height == told.height) {
    file.map_from_pixel = told.map_from_pixel;
    file.unrectified_by.clear();
  }
  return file;
}

std::string date_of(const ReadJson& item, const SceneOptions& options) {
  if (!options.date.empty()) return options.date;
  const ReadJson& properties = item.at("properties");
  for (const char* key : {"datetime", "start_datetime"})
    if (auto date = parse_date(text_at(properties, key))) return *date;
  return "";
}

// One item on its way to a scene.
class ItemReader {
 public:
  ItemReader(const ReadJson& item, const StacItemSource& source, const SceneOptions& options)
      : item_(item),
        source_(source),
        options_(options),
        local_(source.base.find("://") == std::string::npos),
        declared_(declared_footprint(item)) {}

  std::variant<Scene, Skipped> scene() const {
    const StacChoice choice = choose_assets(item_, {source_.asset_key, options_.bands});
    if (choice.assets.empty()) return Skipped{"no_asset"};
    auto described = joined(choice.assets);
    auto* scene = std::get_if<Scene>(&described);
    if (scene == nullptr) return described;
    if (choose_bands(scene->bands, options_.bands).empty()) return Skipped{"other_bands"};
    scene->name = id();
    scene->date = date_of(item_, options_);
    if (auto licence = text_at(item_.at("properties"), "license"); !licence.empty())
      scene->licence = std::move(licence);
    return described;
  }

  // Whether the assets' servers give what scene() failed to read. Throws Error(io) where a fault
  // that passes does not.
  [[nodiscard]] bool assets_arrive() const {
    const StacChoice choice = choose_assets(item_, {source_.asset_key, options_.bands});
    bool arrive = true;
    for (const StacAsset& asset : choice.assets) {
      const std::string name = name_of(asset).value_or("");
      arrive = remote_bytes_arrive(name, source_.patience) && arrive;
      forget_remote_file(name);
    }
    return arrive;
  }

 private:
  [[nodiscard]] std::string id() const { return text_at(item_, "id"); }

  [[nodiscard]] std::optional<std::string> name_of(const StacAsset& asset) const {
    const std::string href = text_at(*asset.json, "href");
    if (href.empty()) return std::nullopt;
    return gdal_name_of(resolved_href(source_.base, href), local_);
  }

  // Files at hand are looked into. Of others the item's word is taken where it says everything and
  // does not contradict itself.
  [[nodiscard]] bool is_trusted(const RasterInfo& told) const {
    const auto typed = [](const BandInfo& band) { return band.type != SampleType::other; };
    return !local_ && has_grid(told) && !told.bands.empty() &&
           std::ranges::all_of(told.bands, typed) && declared_ && lies_in_grid(*declared_, told);
  }

  // A raster as far as the item or the file tells of it; the file only where it had to be opened.
  struct Look {
    RasterInfo info;
    std::optional<Raster> raster{};
  };

  [[nodiscard]] Look look_into(const StacAsset& asset, const std::string& name) const {
    RasterInfo told = told_by_item(item_, asset, name);
    Look look;
    if (is_trusted(told)) {
      look.info = std::move(told);
    } else {
      look.raster = Raster::open(name);
      say_contradiction(told, look.raster->info());
      look.info = completed(look.raster->info(), told);
    }
    if (!asset.band.empty() && look.info.bands.size() == 1) call(look.info.bands[0], asset);
    return look;
  }

  // The band of an asset that is joined with others.
  static void call(BandInfo& band, const StacAsset& asset) {
    if (is_plain(band)) band.name = asset.key;
    band.colour = asset.band;
  }

  [[nodiscard]] std::variant<Scene, Skipped> scene_of(Look& look,
                                                      const SceneOptions& options) const {
    if (look.raster) return describe_scene(*look.raster, look.info, id(), options);
    auto described = describe_grid(look.info, id(), options);
    if (auto* scene = std::get_if<Scene>(&described)) scene->footprint_lonlat = *declared_;
    return described;
  }

  // The grid and the valid pixels of the finest asset, the first of them, stand for all.
  [[nodiscard]] std::variant<Scene, Skipped> joined(const std::vector<StacAsset>& assets) const {
    std::vector<Look> looks;
    for (const StacAsset& asset : assets) {
      const auto name = name_of(asset);
      if (!name) return Skipped{"unsupported_href"};
      looks.push_back(look_into(asset, *name));
    }
    std::ranges::stable_sort(looks, std::greater(), [](const Look& l) { return l.info.width; });
    SceneOptions options = options_;
    if (looks.size() > 1) options.bands.clear();
    auto described = scene_of(looks.front(), options);
    auto* scene = std::get_if<Scene>(&described);
    for (std::size_t i = 1; scene != nullptr && i < looks.size(); ++i)
      if (auto skipped = add_file(*scene, looks[i].info)) return *skipped;
    return described;
  }

  void say_contradiction(const RasterInfo& told, const RasterInfo& file) const {
    if (has_grid(told) && has_grid(file) && !same_grid(told, file))
      log_warning(
          "item {} of {} is wrong about {}: proj:transform, proj:shape or proj:code put its pixels "
          "elsewhere than the file does; the file counts",
          id(), source_.base, file.name);
  }

  const ReadJson& item_;
  const StacItemSource& source_;
  const SceneOptions& options_;
  bool local_;
  std::optional<Geometry> declared_;
};

std::string folder_of(const std::string& base) {
  const std::size_t end = base.find_first_of("?#");
  const std::string path = base.substr(0, end);
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// References in documents escape what addresses cannot hold; a file may also be called like that.
std::string decoded_path(const std::string& path) {
  std::error_code code;
  return std::filesystem::exists(path, code) ? path : percent_decoded(path);
}

std::string local_href(const std::string& base, const std::string& href) {
  const std::filesystem::path folder = std::filesystem::absolute(base).parent_path();
  return decoded_path((folder / href).lexically_normal().string());
}

// The path of a file:// address ("file:///a", "file://localhost/a"), other locations as they are.
std::string path_of(const std::string& location) {
  for (const std::string_view scheme : {"file:///", "file://localhost/"})
    if (location.starts_with(scheme)) return decoded_path(location.substr(scheme.size() - 1));
  return location;
}

bool in_box(const ReadJson& item, const Box& wanted) {
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
  if (scheme == std::string::npos) return local_href(base, href);
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
  for (const char* scheme : {"http://", "https://"})
    if (location.starts_with(scheme))
      return "/vsicurl/" + percent_encoded(location, "-._~:/?#[]@!$&'()*+,;=%");
  for (const auto& [scheme, prefix] :
       {std::pair{"s3://", "/vsis3/"}, std::pair{"gs://", "/vsigs/"}})
    if (location.starts_with(scheme))
      return prefix + location.substr(std::string_view(scheme).size());
  const std::string path = path_of(location);
  const bool plain_path = path.starts_with('/') && !path.starts_with("/vsi");
  return local_base && plain_path ? std::optional(path) : std::nullopt;
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

bool matches(const ReadJson& item, const StacFilter& filter) {
  try {
    if (!filter.collections.empty() &&
        std::ranges::count(filter.collections, text_at(item, "collection")) == 0)
      return false;
    if (filter.bbox_lonlat && !in_box(item, *filter.bbox_lonlat)) return false;
    if (filter.datetime.empty()) return true;
    const std::string date = date_of(item, {});
    const auto [from, to] = days_of(filter.datetime);
    return date.empty() || (date >= from && date <= to);
  } catch (const ReadJson::exception&) {
    return true;  // scene_from_item will say what is wrong with it
  }
}

namespace {

// What could not be read while its server stumbled is read once more.
std::variant<Scene, Skipped> read_patiently(const ItemReader& reader) {
  for (bool again = true;; again = false) {
    try {
      return reader.scene();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::usage || !reader.assets_arrive() || !again) throw;
    }
  }
}

}  // namespace

std::variant<Scene, Skipped> scene_from_item(const ReadJson& item, const StacItemSource& source,
                                             const SceneOptions& options) {
  try {
    auto outcome = read_patiently(ItemReader(item, source, options));
    if (const auto* skipped = std::get_if<Skipped>(&outcome))
      if (const std::string text = skip_advice(skipped->reason); !text.empty())
        log_warning("left out item {} of {}: {}", text_at(item, "id"), source.base, text);
    return outcome;
  } catch (const ReadJson::exception&) {
    return Skipped{"damaged_item"};
  } catch (const DamagedItem&) {
    return Skipped{"damaged_item"};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage || error.kind() == ErrorKind::io) throw;
    log_warning("left out an item of {}: {}", source.base, error.what());
    return Skipped{"unreadable"};
  }
}

}  // namespace skyglot
