// SPDX-License-Identifier: Apache-2.0
// windows.gpkg: where every vector of an index lies.
#pragma once

#include "geo/geopackage.hpp"

#include "search/window_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// A row of windows.gpkg.
struct IndexedWindow {
  std::string id;
  std::optional<std::int64_t> scene_fid;  ///< in imagery.gpkg; nothing: a picture without a place
  PixelWindow pixels;                     ///< of the scene
  double size_m = 0;
  double gsd_m = 0;
  std::string date;                                      ///< "" if nobody knows
  std::string collection;                                ///< code
  Geometry footprint_lonlat{GeometryKind::polygon, {}};  ///< without parts where there is no place
};

/// Fills a new windows.gpkg, rows in the order of the vectors from fid 1 on.
class WindowTableWriter {
 public:
  explicit WindowTableWriter(const std::filesystem::path& path);

  /// One id a window.
  void add_scene(const Scene& scene, const std::vector<std::string>& ids,
                 const std::vector<SearchWindow>& windows);
  void add_pictures(const std::vector<std::string>& ids);
  void close();

 private:
  GeoPackageWriter writer_;
  std::optional<Statement> insert_;
  std::int64_t fid_ = 0;
};

/// Which windows count. Everything that is given must hold.
struct WindowFilter {
  std::optional<Box> bbox_lonlat{};      ///< centres in it; continuous over the antimeridian
  std::vector<Geometry> areas_lonlat{};  ///< polygons; centres in any of them
  std::string first_date{};              ///< "2020-06-01"; windows without a date do not count
  std::string last_date{};
  std::optional<double> least_gsd_m{};
  std::optional<double> most_gsd_m{};
  std::vector<std::string> collections{};  ///< codes; empty: all

  [[nodiscard]] bool empty() const;
  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// An open windows.gpkg. Not for use by two threads at once.
class WindowTable {
 public:
  /// Throws Error(format) naming the file if it is none, or has another number of rows.
  WindowTable(std::filesystem::path path, std::int64_t rows);

  /// Of vector `row`, from 0. Throws Error(format).
  [[nodiscard]] IndexedWindow window(std::int64_t row);
  /// Every window in the order of the vectors. Throws Error(format).
  void for_each(const std::function<void(std::int64_t row, const IndexedWindow&)>& visit);
  /// Vectors whose windows pass, ascending.
  [[nodiscard]] std::vector<std::int64_t> passing(const WindowFilter& filter);
  /// Rows whose windows hold the place.
  [[nodiscard]] std::vector<std::int64_t> holding(Point lonlat);

 private:
  [[nodiscard]] IndexedWindow read(const Statement& row, std::int64_t number) const;

  std::filesystem::path path_;
  Database database_;
  std::int64_t rows_;
};

}  // namespace skyglot
