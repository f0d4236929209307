// SPDX-License-Identifier: Apache-2.0
#include "imagery/catalogue.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "geo/geopackage.hpp"
#include "imagery/footprint.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

const GpkgTable kCollections{"collections",
                             "Scenes that share sensor, licence and look",
                             "",
                             {{"code", "TEXT"},
                              {"name", "TEXT"},
                              {"licence", "TEXT"},
                              {"attribution", "TEXT"},
                              {"source", "TEXT"},
                              {"gsd_m", "REAL"},
                              {"rgb_bands", "TEXT"},
                              {"stretches", "TEXT"},
                              {"bands", "TEXT"}}};

const GpkgTable kScenes{"scenes",
                        "Georeferenced rasters and where they show valid pixels",
                        "GEOMETRY",
                        {{"collection", "TEXT"},
                         {"name", "TEXT"},
                         {"gdal_name", "TEXT"},
                         {"width", "INTEGER"},
                         {"height", "INTEGER"},
                         {"map_from_pixel", "TEXT"},
                         {"crs_wkt", "TEXT"},
                         {"gsd_m", "REAL"},
                         {"date", "DATE"},
                         {"bands", "TEXT"},
                         {"licence", "TEXT"},
                         {"files", "TEXT"}}};

// JSON has no NaN and no infinity; nodata values may be either.
Json number_or_text(double value) {
  return std::isfinite(value) ? Json(value) : Json(format_double(value));
}

double number_from(const Json& json) {
  return json.is_string() ? parse_double(json.get<std::string>()).value() : json.get<double>();
}

Json to_json(const BandInfo& band) {
  Json json{{"name", band.name}, {"colour", band.colour}, {"type", to_string(band.type)}};
  if (band.nodata) json["nodata"] = number_or_text(*band.nodata);
  if (band.has_mask) json["mask"] = true;
  if (band.scale != 1) json["scale"] = band.scale;
  if (band.offset != 0) json["offset"] = band.offset;
  if (band.bits != 0) json["bits"] = band.bits;
  if (band.wavelength_um) json["wavelength_um"] = *band.wavelength_um;
  return json;
}

BandInfo band_from(const Json& json) {
  BandInfo band{.name = json.at("name"),
                .colour = json.at("colour"),
                .type = sample_type_from(json.at("type").get<std::string>()),
                .nodata = {},
                .has_mask = json.value("mask", false),
                .scale = json.value("scale", 1.0),
                .offset = json.value("offset", 0.0),
                .bits = json.value("bits", 0),
                .wavelength_um = {}};
  if (json.contains("nodata")) band.nodata = number_from(json.at("nodata"));
  if (json.contains("wavelength_um")) band.wavelength_um = json.at("wavelength_um").get<double>();
  return band;
}

Json to_json(const SceneFile& file) {
  return {{"gdal_name", file.gdal_name},
          {"width", file.width},
          {"height", file.height},
          {"bands", file.bands}};
}

Json to_json(const BandStretch& stretch) {
  return {stretch.low, stretch.high};
}

SceneFile file_from(const Json& json) {
  return {.gdal_name = json.at("gdal_name"),
          .width = json.at("width"),
          .height = json.at("height"),
          .bands = json.at("bands")};
}

template <typename Item>
std::string text_of(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(to_json(item));
  return json_text(json);
}

Statement& bind_optional(Statement& statement, int parameter, std::optional<double> value) {
  return value ? statement.bind(parameter, *value) : statement.bind_null(parameter);
}

void insert_collections(GeoPackageWriter& writer, const std::vector<Collection>& collections) {
  Statement insert = writer.insert_into(kCollections.name);
  std::int64_t fid = 0;
  for (const Collection& c : collections) {
    const std::string shown = Json(c.rgb_bands).dump();
    const std::string stretches = text_of(c.stretches);
    const std::string bands = Json(c.bands).dump();
    insert.bind(1, ++fid).bind(2, c.code).bind(3, c.name).bind(4, c.licence);
    insert.bind(5, c.attribution).bind(6, c.source);
    bind_optional(insert, 7, c.gsd_m).bind(8, shown).bind(9, stretches).bind(10, bands).run();
  }
}

void insert_scenes(GeoPackageWriter& writer, const std::vector<Scene>& scenes) {
  Statement insert = writer.insert_into(kScenes.name);
  for (const Scene& s : scenes) {
    const std::string shape = gpkg_blob(s.footprint_lonlat);
    const std::string transform = Json(s.map_from_pixel).dump();
    const std::string bands = text_of(s.bands);
    const std::string files = text_of(s.files);
    insert.bind(1, s.fid).bind_blob(2, shape).bind(3, s.collection_code).bind(4, s.name);
    insert.bind(5, s.gdal_name()).bind(6, std::int64_t{s.width}).bind(7, std::int64_t{s.height});
    insert.bind(8, transform).bind(9, s.crs_wkt).bind(10, s.gsd_m);
    if (s.date.empty())
      insert.bind_null(11);
    else
      insert.bind(11, s.date);
    insert.bind(12, bands).bind(13, s.licence).bind(14, files).run();
    writer.add_extent(kScenes.name, s.fid, bounding_box(s.footprint_lonlat));
  }
}

// Columns that an earlier version did not write are NULL.
std::string column_list(const GpkgTable& table, Database& database) {
  std::string names = table.geometry_type.empty() ? "fid" : "fid, geom";
  for (const GpkgColumn& column : table.columns)
    names += (database.has_column(table.name, column.name) ? ", " : ", NULL AS ") + column.name;
  return "SELECT " + names + " FROM " + table.name + " ORDER BY fid";
}

Json json_at(const Statement& row, int column) {
  return Json::parse(row.text(column));
}

Collection collection_from(const Statement& row) {
  Collection c{.code = std::string(row.text(1)),
               .name = std::string(row.text(2)),
               .licence = std::string(row.text(3)),
               .attribution = std::string(row.text(4)),
               .source = std::string(row.text(5)),
               .gsd_m = {},
               .bands = {},
               .rgb_bands = json_at(row, 7).get<std::vector<int>>(),
               .stretches = {}};
  if (!row.is_null(6)) c.gsd_m = row.real(6);
  c.bands = row.is_null(9) ? c.rgb_bands : json_at(row, 9).get<std::vector<int>>();
  for (const Json& pair : json_at(row, 8)) c.stretches.push_back({pair.at(0), pair.at(1)});
  return c;
}

int size_at(const Statement& row, int column) {
  const std::int64_t size = row.integer(column);
  if (size < 1 || size > std::numeric_limits<int>::max())
    fail(ErrorKind::format, "a scene of {} pixels", size);
  return static_cast<int>(size);
}

Scene scene_from(const Statement& row) {
  Scene s{.fid = row.integer(0),
          .collection_code = std::string(row.text(2)),
          .name = std::string(row.text(3)),
          .files = {},
          .width = size_at(row, 5),
          .height = size_at(row, 6),
          .map_from_pixel = json_at(row, 7).get<GeoTransform>(),
          .crs_wkt = std::string(row.text(8)),
          .gsd_m = row.real(9),
          .date = std::string(row.text(10)),
          .bands = {},
          .licence = std::string(row.text(12)),
          .footprint_lonlat = geometry_of_gpkg(row.blob(1))};
  for (const Json& band : json_at(row, 11)) s.bands.push_back(band_from(band));
  if (row.is_null(13)) {
    // That version did not turn grids north up.
    const Mirror mirror = mirror_to_north_up(s.map_from_pixel);
    s.map_from_pixel = mirrored(s.map_from_pixel, mirror, s.width, s.height);
    s.files.push_back(
        {std::string(row.text(4)), s.width, s.height, static_cast<int>(s.bands.size())});
  } else
    for (const Json& file : json_at(row, 13)) s.files.push_back(file_from(file));
  return s;
}

bool is_size(double metres) {
  return metres > 0 && std::isfinite(metres);
}

bool is_usable(const BandStretch& stretch) {
  return stretch.low < stretch.high && std::isfinite(stretch.high - stretch.low);
}

// A catalogue may come from elsewhere: what cutting and naming chips relies on must hold.
void check(const Collection& c) {
  if (!is_collection_code(c.code))
    fail(ErrorKind::format, "the code \"{}\" of a collection is not two letters or digits", c.code);
  if (c.rgb_bands.size() != 1 && c.rgb_bands.size() != 3)
    fail(ErrorKind::format, "collection {} shows {} bands, not one or three", c.code,
         c.rgb_bands.size());
  if (!c.stretches.empty() && c.stretches.size() != c.rgb_bands.size())
    fail(ErrorKind::format, "collection {} has {} stretches for {} bands", c.code,
         c.stretches.size(), c.rgb_bands.size());
  for (const int band : c.rgb_bands)
    if (std::ranges::count(c.bands, band) == 0)
      fail(ErrorKind::format, "collection {} shows band {}, which it does not have", c.code, band);
  if (!std::ranges::all_of(c.stretches, is_usable))
    fail(ErrorKind::format, "a stretch of collection {} does not run from low to high", c.code);
  if (c.gsd_m && !is_size(*c.gsd_m))
    fail(ErrorKind::format, "collection {} has a GSD of {} m", c.code, *c.gsd_m);
}

void check_files(const Scene& scene) {
  std::size_t bands = 0;
  for (const SceneFile& file : scene.files) {
    if (file.gdal_name.empty() || file.width < 1 || file.height < 1 || file.bands < 1)
      fail(ErrorKind::format, "a file of scene {} has no name, no pixels or no bands", scene.name);
    bands += static_cast<std::size_t>(file.bands);
  }
  if (scene.files.empty() || bands != scene.bands.size())
    fail(ErrorKind::format, "the files of scene {} have {} bands, the scene has {}", scene.name,
         bands, scene.bands.size());
  for (const BandInfo& band : scene.bands)
    if (!std::isfinite(band.scale) || band.scale == 0 || !std::isfinite(band.offset) ||
        band.bits < 0 || band.bits > 32)
      fail(ErrorKind::format, "scene {} has a band without a usable scale, offset or bit depth",
           scene.name);
}

void check(const Scene& scene, const std::vector<Collection>& collections) {
  const auto found = std::ranges::find(collections, scene.collection_code, &Collection::code);
  if (found == collections.end())
    fail(ErrorKind::format, "scene {} belongs to the unknown collection \"{}\"", scene.name,
         scene.collection_code);
  check_files(scene);
  if (std::ranges::any_of(found->bands, [&](int band) {
        return band < 1 || band > static_cast<int>(scene.bands.size());
      }))
    fail(ErrorKind::format, "scene {} lacks the bands of its collection {}", scene.name,
         found->code);
  if (!is_size(scene.gsd_m))
    fail(ErrorKind::format, "scene {} has a GSD of {} m", scene.name, scene.gsd_m);
  if (!is_footprint(scene.footprint_lonlat))
    fail(ErrorKind::format, "the footprint of scene {} is no polygon on the earth", scene.name);
}

ImageryCatalogue read_tables(Database& database) {
  ImageryCatalogue catalogue;
  Statement collections = database.prepare(column_list(kCollections, database));
  while (collections.step()) {
    catalogue.collections.push_back(collection_from(collections));
    check(catalogue.collections.back());
  }
  std::ranges::sort(catalogue.collections, {}, &Collection::code);
  Statement scenes = database.prepare(column_list(kScenes, database));
  while (scenes.step()) {
    catalogue.scenes.push_back(scene_from(scenes));
    check(catalogue.scenes.back(), catalogue.collections);
  }
  return catalogue;
}

}  // namespace

bool is_collection_code(std::string_view code) {
  return code.size() == 2 && std::ranges::all_of(code, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

const Collection& ImageryCatalogue::collection(std::string_view code) const {
  const auto found = std::ranges::find(collections, code, &Collection::code);
  if (found != collections.end()) return *found;
  std::string known;
  for (const Collection& c : collections) known += (known.empty() ? "" : ", ") + c.code;
  fail(ErrorKind::input, "the imagery catalogue has no collection {}; it has: {}", code,
       known.empty() ? "none" : known);
}

ImageryCatalogue read_catalogue(const std::filesystem::path& path) {
  Database database(path, Database::Mode::read);
  if (!database.has_table(kScenes.name) || !database.has_table(kCollections.name))
    fail(ErrorKind::format,
         "{} is no imagery catalogue: it lacks the tables scenes and collections; make one with "
         "\"skyglot imagery scan\"",
         path.string());
  try {
    return read_tables(database);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::format, "imagery catalogue {} is damaged: {}", path.string(), error.what());
  } catch (const std::bad_optional_access&) {
    fail(ErrorKind::format, "imagery catalogue {} is damaged: a nodata value is no number",
         path.string());
  } catch (const Error& error) {
    fail(error.kind(), "imagery catalogue {}: {}", path.string(), error.what());
  }
}

void write_catalogue(const std::filesystem::path& path, const ImageryCatalogue& catalogue) {
  PendingPath pending(path);
  {
    GeoPackageWriter writer(pending.path());
    writer.add_table(kCollections);
    writer.add_table(kScenes);
    insert_collections(writer, catalogue.collections);
    insert_scenes(writer, catalogue.scenes);
    writer.close();
  }
  pending.commit();
}

}  // namespace skyglot
