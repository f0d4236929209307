// SPDX-License-Identifier: Apache-2.0
#include "search/index_tables.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "geo/overlay.hpp"
#include "imagery/capture_date.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace skyglot {
namespace {

const GpkgTable kWindows{"windows",
                         "Windows of an index, in the order of its vectors",
                         "POLYGON",
                         {{"id", "TEXT"},
                          {"scene", "INTEGER"},
                          {"x", "INTEGER"},
                          {"y", "INTEGER"},
                          {"side", "INTEGER"},
                          {"size_m", "REAL"},
                          {"gsd_m", "REAL"},
                          {"date", "DATE"},
                          {"collection", "TEXT"}}};

constexpr const char* kColumns =
    "fid, geom, id, scene, x, y, side, size_m, gsd_m, date, collection";

Box pixel_box(const PixelWindow& w) {
  return {static_cast<double>(w.x), static_cast<double>(w.y), static_cast<double>(w.x + w.width),
          static_cast<double>(w.y + w.height)};
}

int whole(std::int64_t value) {
  if (value < 0 || value > std::numeric_limits<int>::max())
    fail(ErrorKind::format, "a pixel at {}", value);
  return static_cast<int>(value);
}

IndexedWindow window_from(const Statement& row) {
  IndexedWindow window;
  window.id = row.text(2);
  if (!row.is_null(3)) window.scene_fid = row.integer(3);
  const int side = whole(row.integer(6));
  window.pixels = {whole(row.integer(4)), whole(row.integer(5)), side, side};
  window.size_m = row.real(7);
  window.gsd_m = row.real(8);
  window.date = row.text(9);
  window.collection = row.text(10);
  if (!row.is_null(1)) window.footprint_lonlat = geometry_of_gpkg(row.blob(1));
  return window;
}

// The box as it meets longitudes of any turn that footprints are kept in.
std::array<Box, 3> turns_of(const Box& box) {
  return {box, shifted(box, -360, 0), shifted(box, 360, 0)};
}

std::string rtree_condition(const Box& box) {
  std::vector<std::string> turns;
  for (const Box& one : turns_of(box))
    turns.push_back(fmt::format("(maxx >= {} AND minx <= {} AND maxy >= {} AND miny <= {})",
                                one.min_x, one.max_x, one.min_y, one.max_y));
  return "fid IN (SELECT id FROM rtree_windows_geom WHERE " + join(turns, " OR ") + ")";
}

bool is_inside(const Geometry& area, Point at) {
  return std::ranges::any_of(std::array{0, -360, 360}, [&](int turn) {
    return polygon_contains(area, Point{at.x + turn, at.y});
  });
}

bool is_inside(const Box& box, Point at) {
  return std::ranges::any_of(turns_of(box), [&](const Box& one) { return contains(one, at); });
}

// The box that every window that passes must meet; nothing: anywhere.
std::optional<Box> reach_of(const WindowFilter& filter) {
  if (filter.bbox_lonlat) return filter.bbox_lonlat;
  if (filter.areas_lonlat.empty()) return std::nullopt;
  Box all;
  for (const Geometry& area : filter.areas_lonlat) all.add(bounding_box(area));
  return all;
}

// What SQL can tell; texts are bound from parameter 1 on.
std::string conditions(const WindowFilter& filter, std::vector<std::string>& texts) {
  std::vector<std::string> all{"1"};
  const auto bound = [&](const std::string& text) {
    texts.push_back(text);
    return fmt::format("?{}", texts.size());
  };
  if (const auto box = reach_of(filter)) all.push_back(rtree_condition(*box));
  if (!filter.first_date.empty()) all.push_back("date >= " + bound(filter.first_date));
  if (!filter.last_date.empty()) all.push_back("date <= " + bound(filter.last_date));
  if (filter.least_gsd_m) all.push_back(fmt::format("gsd_m >= {}", *filter.least_gsd_m));
  if (filter.most_gsd_m) all.push_back(fmt::format("gsd_m <= {}", *filter.most_gsd_m));
  std::vector<std::string> codes;
  for (const std::string& code : filter.collections) codes.push_back(bound(code));
  if (!codes.empty()) all.push_back("collection IN (" + join(codes, ", ") + ")");
  return join(all, " AND ");
}

bool passes(const WindowFilter& filter, const Statement& row) {
  if (!filter.bbox_lonlat && filter.areas_lonlat.empty()) return true;
  if (row.is_null(1)) return false;
  const Point centre = bounding_box(geometry_of_gpkg(row.blob(1))).centre();
  return (!filter.bbox_lonlat || is_inside(*filter.bbox_lonlat, centre)) &&
         (filter.areas_lonlat.empty() ||
          std::ranges::any_of(filter.areas_lonlat,
                              [&](const Geometry& area) { return is_inside(area, centre); }));
}

void check_box(const Box& box, std::vector<std::string>& problems) {
  for (const double side : {box.min_x, box.min_y, box.max_x, box.max_y})
    if (!std::isfinite(side)) {
      problems.emplace_back("--bbox holds a side that is no number");
      return;
    }
  if (box.empty()) problems.emplace_back("--bbox is empty: it is WEST,SOUTH,EAST,NORTH");
  if (box.min_y < -90 || box.max_y > 90)
    problems.emplace_back("--bbox leaves the latitudes from -90 to 90");
  if (box.min_x < -360 || box.max_x > 540 || box.width() > 360)
    problems.emplace_back("--bbox leaves the longitudes from -180 to 180");
}

}  // namespace

WindowTableWriter::WindowTableWriter(const std::filesystem::path& path) : writer_(path) {
  writer_.add_table(kWindows);
  insert_.emplace(writer_.insert_into(kWindows.name));
}

void WindowTableWriter::add_scene(const Scene& scene, const std::vector<std::string>& ids,
                                  const std::vector<SearchWindow>& windows) {
  const SceneGrid grid(scene.map_from_pixel, scene.crs_wkt);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const PixelWindow& pixels = windows[i].pixels;
    const auto footprint = grid.lonlat_from_pixel(pixel_box(pixels), 1);
    const std::string shape = footprint ? gpkg_blob(*footprint) : "";
    insert_->bind(1, ++fid_);
    if (footprint)
      insert_->bind_blob(2, shape);
    else
      insert_->bind_null(2);
    insert_->bind(3, ids[i]).bind(4, scene.fid).bind(5, std::int64_t{pixels.x});
    insert_->bind(6, std::int64_t{pixels.y}).bind(7, std::int64_t{pixels.width});
    insert_->bind(8, windows[i].size_m).bind(9, scene.gsd_m);
    if (scene.date.empty())
      insert_->bind_null(10);
    else
      insert_->bind(10, scene.date);
    insert_->bind(11, scene.collection_code).run();
    if (footprint) writer_.add_extent(kWindows.name, fid_, bounding_box(*footprint));
  }
}

void WindowTableWriter::add_pictures(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    insert_->bind(1, ++fid_).bind(3, id);
    for (const int empty : {2, 4, 5, 6, 7, 8, 9, 10, 11}) insert_->bind_null(empty);
    insert_->run();
  }
}

void WindowTableWriter::close() {
  insert_.reset();
  writer_.close();
}

bool WindowFilter::empty() const {
  return !bbox_lonlat && areas_lonlat.empty() && first_date.empty() && last_date.empty() &&
         !least_gsd_m && !most_gsd_m && collections.empty();
}

void WindowFilter::validate() const {
  std::vector<std::string> problems;
  if (bbox_lonlat) check_box(*bbox_lonlat, problems);
  for (const std::string& date : {first_date, last_date})
    if (!date.empty() && parse_date(date) != date)
      problems.push_back(date + " is not a day such as 2021-06-01");
  if (!first_date.empty() && !last_date.empty() && last_date < first_date)
    problems.push_back(fmt::format("no day lies from {} to {}", first_date, last_date));
  for (const auto& gsd : {least_gsd_m, most_gsd_m})
    if (gsd && !(*gsd >= 0 && std::isfinite(*gsd)))
      problems.emplace_back("a ground sample distance is metres from 0 on");
  if (least_gsd_m && most_gsd_m && *most_gsd_m < *least_gsd_m)
    problems.emplace_back("the largest ground sample distance lies below the smallest");
  if (!problems.empty()) fail(ErrorKind::usage, "{}", join(problems, "; "));
}

WindowTable::WindowTable(std::filesystem::path path, std::int64_t rows)
    : path_(std::move(path)), database_(path_, Database::Mode::read), rows_(rows) {
  if (!database_.has_table(kWindows.name) || !database_.has_table("rtree_windows_geom"))
    fail(ErrorKind::format, "{}: no table of windows; index again", path_.string());
  const auto found = database_.query_integer("SELECT count(*) FROM windows");
  if (found != rows)
    fail(ErrorKind::format, "{}: {} windows for {} vectors; index again", path_.string(),
         found.value_or(0), rows);
}

IndexedWindow WindowTable::window(std::int64_t row) {
  Statement select =
      database_.prepare(fmt::format("SELECT {} FROM windows WHERE fid = ?1", kColumns));
  select.bind(1, row + 1);
  if (!select.step())
    fail(ErrorKind::format, "{}: no window {}; index again", path_.string(), row + 1);
  return read(select, row);
}

IndexedWindow WindowTable::read(const Statement& row, std::int64_t number) const {
  try {
    return window_from(row);
  } catch (const Error& error) {
    fail(ErrorKind::format, "{}: window {}: {}; index again", path_.string(), number + 1,
         error.what());
  }
}

void WindowTable::for_each(
    const std::function<void(std::int64_t row, const IndexedWindow&)>& visit) {
  Statement select =
      database_.prepare(fmt::format("SELECT {} FROM windows ORDER BY fid", kColumns));
  for (std::int64_t row = 0; select.step(); ++row) {
    if (select.integer(0) != row + 1)
      fail(ErrorKind::format, "{}: no window {}; index again", path_.string(), row + 1);
    visit(row, read(select, row));
  }
}

std::vector<std::int64_t> WindowTable::passing(const WindowFilter& filter) {
  std::vector<std::string> texts;
  const std::string where = conditions(filter, texts);
  Statement select =
      database_.prepare("SELECT fid, geom FROM windows WHERE " + where + " ORDER BY fid");
  for (std::size_t i = 0; i < texts.size(); ++i) select.bind(static_cast<int>(i) + 1, texts[i]);
  std::vector<std::int64_t> rows;
  while (select.step()) {
    const std::int64_t row = select.integer(0) - 1;
    if (row < 0 || row >= rows_)
      fail(ErrorKind::format, "{}: window {} has no vector; index again", path_.string(), row + 1);
    if (passes(filter, select)) rows.push_back(row);
  }
  return rows;
}

std::vector<std::int64_t> WindowTable::holding(Point lonlat) {
  Statement select = database_.prepare("SELECT fid, geom FROM windows WHERE " +
                                       rtree_condition({lonlat.x, lonlat.y, lonlat.x, lonlat.y}) +
                                       " ORDER BY fid");
  std::vector<std::int64_t> rows;
  while (select.step())
    if (is_inside(geometry_of_gpkg(select.blob(1)), lonlat)) rows.push_back(select.integer(0) - 1);
  return rows;
}

}  // namespace skyglot
