// SPDX-License-Identifier: Apache-2.0
#include "geo/geopackage.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "geo/wkb.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace skyglot {
namespace {

// "GP10" and user version 1.3, the meta tables of clause 1.1, and the two undefined systems that
// the standard demands beside EPSG:4326.
constexpr const char* kMetaTables = R"sql(
PRAGMA page_size=4096;
PRAGMA application_id=1196444487;
PRAGMA user_version=10300;
BEGIN;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
)sql";

// Clause F.3: these keep the R-tree right when QGIS or another program edits the table.
constexpr const char* kRtreeTriggers = R"sql(
CREATE TRIGGER "rtree_@_geom_insert" AFTER INSERT ON "@"
  WHEN (new.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
  INSERT OR REPLACE INTO "rtree_@_geom" VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom),
    ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER "rtree_@_geom_update1" AFTER UPDATE OF geom ON "@"
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
  INSERT OR REPLACE INTO "rtree_@_geom" VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom),
    ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER "rtree_@_geom_update2" AFTER UPDATE OF geom ON "@"
  WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN
  DELETE FROM "rtree_@_geom" WHERE id = OLD.fid; END;
CREATE TRIGGER "rtree_@_geom_update3" AFTER UPDATE ON "@"
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN
  DELETE FROM "rtree_@_geom" WHERE id = OLD.fid;
  INSERT OR REPLACE INTO "rtree_@_geom" VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom),
    ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER "rtree_@_geom_update4" AFTER UPDATE ON "@"
  WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)) BEGIN
  DELETE FROM "rtree_@_geom" WHERE id IN (OLD.fid, NEW.fid); END;
CREATE TRIGGER "rtree_@_geom_delete" AFTER DELETE ON "@" WHEN old.geom NOT NULL BEGIN
  DELETE FROM "rtree_@_geom" WHERE id = OLD.fid; END;
)sql";

std::string quoted_name(std::string_view name) {
  return "\"" + replace_all(std::string(name), "\"", "\"\"") + "\"";
}

}  // namespace

GeoPackageWriter::GeoPackageWriter(const std::filesystem::path& path, GpkgSystem system)
    : database_(path, Database::Mode::create), system_(std::move(system)) {
  database_.execute(kMetaTables);
  const bool known = system_.id == 4326 || system_.id == 0 || system_.id == kUndefinedPlane;
  if (known) return;
  Statement insert =
      database_.prepare("INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, NULL)");
  insert.bind(1, system_.name).bind(2, std::int64_t{system_.id}).bind(3, system_.organization);
  insert.bind(4, std::int64_t{system_.organization_id}).bind(5, system_.definition).run();
}

void GeoPackageWriter::add_table(const GpkgTable& table) {
  std::string sql =
      "CREATE TABLE " + quoted_name(table.name) + " (fid INTEGER PRIMARY KEY NOT NULL";
  if (!table.geometry_type.empty()) sql += ", geom " + table.geometry_type;
  for (const GpkgColumn& column : table.columns)
    sql += ", " + quoted_name(column.name) + " " + column.type;
  database_.execute(sql + ")");
  layers_.push_back({.table = table, .extent = {}, .entries = {}});
}

GeoPackageWriter::Layer& GeoPackageWriter::layer(const std::string& table) {
  const auto found = std::ranges::find(layers_, table, [](const Layer& l) { return l.table.name; });
  expect(found != layers_.end(), "unknown GeoPackage table");
  return *found;
}

Statement GeoPackageWriter::insert_into(const std::string& table) {
  const GpkgTable& layout = layer(table).table;
  std::string names = "fid";
  std::string marks = "?1";
  int parameter = 1;
  if (!layout.geometry_type.empty()) {
    names += ", geom";
    marks += fmt::format(", ?{}", ++parameter);
  }
  for (const GpkgColumn& column : layout.columns) {
    names += ", " + quoted_name(column.name);
    marks += fmt::format(", ?{}", ++parameter);
  }
  return database_.prepare(
      fmt::format("INSERT INTO {}({}) VALUES ({})", quoted_name(table), names, marks));
}

void GeoPackageWriter::add_extent(const std::string& table, std::int64_t fid, const Box& box) {
  if (box.empty()) return;
  Layer& target = layer(table);
  target.extent.add(box);
  target.entries.push_back(rtree_entry(fid, box));
}

void GeoPackageWriter::write_index(Layer& layer) {
  const std::string& name = layer.table.name;
  write_rtree(database_, fmt::format("rtree_{}_geom", name), std::move(layer.entries));
  database_.execute(replace_all(kRtreeTriggers, "@", name));
  database_.execute(
      fmt::format("INSERT INTO gpkg_extensions VALUES ('{}', 'geom', 'gpkg_rtree_index', "
                  "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
                  name));
}

void GeoPackageWriter::register_layer(const Layer& layer) {
  const bool features = !layer.table.geometry_type.empty();
  // A fixed change date: the same content must give the same bytes.
  Statement insert = database_.prepare(
      "INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, '2024-01-01T00:00:00.000Z', "
      "?4, ?5, ?6, ?7, ?8)");
  insert.bind(1, layer.table.name).bind(2, features ? "features" : "attributes");
  insert.bind(3, layer.table.description);
  if (!layer.extent.empty()) {
    insert.bind(4, layer.extent.min_x).bind(5, layer.extent.min_y);
    insert.bind(6, layer.extent.max_x).bind(7, layer.extent.max_y);
  }
  if (features) insert.bind(8, std::int64_t{system_.id});
  insert.run();
  if (features)
    database_.execute(
        fmt::format("INSERT INTO gpkg_geometry_columns VALUES ('{}', 'geom', '{}', {}, 0, 0)",
                    layer.table.name, layer.table.geometry_type, system_.id));
}

void GeoPackageWriter::close() {
  for (Layer& layer : layers_) {
    register_layer(layer);
    if (!layer.table.geometry_type.empty()) write_index(layer);
  }
  database_.execute("COMMIT");
}

std::string gpkg_blob(std::string_view wkb, const Box& box, bool with_envelope,
                      std::int32_t system) {
  const char flags = with_envelope ? 0b0000'0011 : 0b0000'0001;
  std::string blob{'G', 'P', 0, flags};
  blob.append(reinterpret_cast<const char*>(&system), sizeof system);
  if (with_envelope) {
    const std::array envelope{box.min_x, box.max_x, box.min_y, box.max_y};
    blob.append(reinterpret_cast<const char*>(envelope.data()), sizeof envelope);
  }
  return blob.append(wkb);
}

std::string gpkg_blob(const Geometry& geometry, std::int32_t system) {
  return gpkg_blob(to_wkb(geometry), bounding_box(geometry), geometry.kind != GeometryKind::point,
                   system);
}

std::string_view wkb_of_gpkg(std::string_view blob) {
  if (blob.size() < 8 || !blob.starts_with("GP"))
    fail(ErrorKind::format, "not a GeoPackage geometry");
  constexpr std::array<std::size_t, 5> kEnvelopeBytes{0, 32, 48, 48, 64};
  const auto envelope = static_cast<std::size_t>((blob[3] >> 1) & 7);
  if (envelope >= kEnvelopeBytes.size() || blob.size() < 8 + kEnvelopeBytes.at(envelope))
    fail(ErrorKind::format, "damaged GeoPackage geometry header");
  return blob.substr(8 + kEnvelopeBytes.at(envelope));
}

Geometry geometry_of_gpkg(std::string_view blob) {
  return from_wkb(wkb_of_gpkg(blob));
}

}  // namespace skyglot
