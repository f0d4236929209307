// SPDX-License-Identifier: Apache-2.0
// GeoPackage files (OGC 12-128r17) written straight through SQLite: fast, and the same bytes for
// the same content.
#pragma once

#include "geo/geometry.hpp"
#include "geo/rtree.hpp"
#include "geo/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// One column besides the key "fid" (and "geom" in feature tables).
struct GpkgColumn {
  std::string name;
  std::string type;  ///< TEXT, INTEGER, REAL, DATE, BOOLEAN, ...
};

/// The layout of a table.
struct GpkgTable {
  std::string name;
  std::string description;
  std::string geometry_type;  ///< POINT, POLYGON, GEOMETRY, ...; "" for a table without shapes
  std::vector<GpkgColumn> columns;
};

/// The reference system of the shapes of a file.
struct GpkgSystem {
  std::int32_t id = 4326;
  std::string name{};          ///< this and the rest: of one besides 4326, 0 and -1
  std::string organization{};  ///< "EPSG", "NONE"
  std::int32_t organization_id = 0;
  std::string definition{};  ///< well-known text, as OGC 01-009 has it
};
/// A plane of no known place.
inline constexpr std::int32_t kUndefinedPlane = -1;

/// Writes a new GeoPackage, in EPSG:4326 if no other system is given. Rows go in through insert
/// statements; close() adds the R-trees, their triggers and the extents. Everything happens in one
/// transaction.
class GeoPackageWriter {
 public:
  explicit GeoPackageWriter(const std::filesystem::path& path, GpkgSystem system = {});

  void add_table(const GpkgTable& table);
  /// "INSERT INTO name(fid[, geom], columns...) VALUES (?1, ?2, ...)", prepared.
  [[nodiscard]] Statement insert_into(const std::string& table);
  /// Keeps the box of row `fid` for the R-tree of a feature table.
  void add_extent(const std::string& table, std::int64_t fid, const Box& box);
  [[nodiscard]] Database& database() { return database_; }
  void close();

 private:
  struct Layer {
    GpkgTable table;
    Box extent;
    std::vector<RtreeEntry> entries;
  };
  Layer& layer(const std::string& table);
  void write_index(Layer& layer);
  void register_layer(const Layer& layer);

  Database database_;
  GpkgSystem system_;
  std::vector<Layer> layers_;
};

/// Header with envelope (points: none) followed by the WKB, as GeoPackage columns hold it.
[[nodiscard]] std::string gpkg_blob(const Geometry& geometry, std::int32_t system = 4326);
[[nodiscard]] std::string gpkg_blob(std::string_view wkb, const Box& box, bool with_envelope,
                                    std::int32_t system = 4326);
/// The WKB inside a GeoPackage blob. Throws Error(format).
[[nodiscard]] std::string_view wkb_of_gpkg(std::string_view blob);
/// Shape inside a GeoPackage blob. Throws Error(format).
[[nodiscard]] Geometry geometry_of_gpkg(std::string_view blob);

}  // namespace skyglot
