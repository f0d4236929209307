// SPDX-License-Identifier: Apache-2.0
#include "landcover/object_labels.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "geo/overlay.hpp"
#include "raster/gsd.hpp"

#include "landcover/land_classes.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace skyglot {
namespace {

constexpr int kMostInset = 2048;  // pixels; windows are read with it around them
constexpr double kMostRank = 1e6;

double cell_number(const CsvTable& table, std::size_t row, const char* column) {
  const std::string& text = table.rows[row][table.column(column)];
  const auto value = parse_double(text);
  if (!value || !std::isfinite(*value) || *value < 0)
    fail(ErrorKind::format, "{}, row {}: {} \"{}\" is no number from 0 on", table.name, row + 1,
         column, text);
  return *value;
}

ObjectRule rule_in(const CsvTable& table, std::size_t row) {
  const auto text = [&](const char* column) { return table.rows[row][table.column(column)]; };
  ObjectRule rule{{text("key"), text("value")},
                  text("class"),
                  static_cast<int>(std::min(kMostRank, cell_number(table, row, "rank"))),
                  cell_number(table, row, "half_width_m"),
                  cell_number(table, row, "least_gsd_m"),
                  cell_number(table, row, "most_gsd_m")};
  if (rule.tag.key.empty() || rule.tag.value.empty() || rule.name.empty())
    fail(ErrorKind::format, "{}, row {}: key, value and class must not be empty", table.name,
         row + 1);
  return rule;
}

// A shape of the map with what decides its place in the pile.
struct PiledShape {
  BurnShape shape;
  int rank = 0;
  double size = 0;
  std::int64_t fid = 0;
};

// Low ranks first; of one rank the larger, so that what lies in it stays to be seen.
std::vector<BurnShape> piled(std::vector<PiledShape> shapes) {
  std::ranges::sort(shapes, [](const PiledShape& a, const PiledShape& b) {
    return std::tuple(a.rank, -a.size, a.fid) < std::tuple(b.rank, -b.size, b.fid);
  });
  std::vector<BurnShape> result;
  for (PiledShape& one : shapes) result.push_back(std::move(one.shape));
  return result;
}

// Writes to `out` whether each of `count` labels `stride` apart is alone within `inset` of them.
void keep_runs(const std::uint8_t* labels, std::size_t count, std::size_t stride, int inset,
               std::uint8_t* out) {
  std::size_t start = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    if (i < count && labels[i * stride] == labels[start * stride]) continue;
    const std::size_t from = start == 0 ? 0 : start + static_cast<std::size_t>(inset);
    const std::size_t past = i == count ? count : i - std::min(i, static_cast<std::size_t>(inset));
    for (std::size_t k = from; k < past; ++k) out[k * stride] = labels[k * stride];
    start = i;
  }
}

}  // namespace

std::vector<ObjectRule> parse_object_rules(const std::string& csv, const std::string& name) {
  const CsvTable table = parse_csv(csv, name);
  std::vector<ObjectRule> rules;
  for (std::size_t row = 0; row < table.rows.size(); ++row) rules.push_back(rule_in(table, row));
  if (rules.empty()) fail(ErrorKind::format, "{} has no rules", name);
  return rules;
}

ObjectLabels::ObjectLabels(std::unique_ptr<ObjectStore> store, std::vector<ObjectRule> rules)
    : store_(std::move(store)), rules_(std::move(rules)) {
  for (const ObjectRule& rule : rules_)
    if (std::ranges::find(names_, rule.name) == names_.end()) names_.push_back(rule.name);
  if (std::ssize(names_) > kMostClasses)
    fail(ErrorKind::input, "{} classes of land; {} are possible", names_.size(), kMostClasses);
}

ObjectLabels::~ObjectLabels() = default;

const ObjectRule* ObjectLabels::rule_of(const MapObject& object, double gsd_m) const {
  const ObjectRule* best = nullptr;
  for (const ObjectRule& rule : rules_) {
    if (gsd_m < rule.least_gsd_m || gsd_m > rule.most_gsd_m) continue;
    if (best != nullptr && rule.rank <= best->rank) continue;
    const std::string* value = find_value(object.tags, rule.tag.key);
    if (value == nullptr || (rule.tag.value == "*" ? *value == "no" : *value != rule.tag.value))
      continue;
    best = &rule;
  }
  return best;
}

const SceneGrid& ObjectLabels::grid_of(const Scene& scene) {
  if (scene.crs_wkt.empty())
    fail(ErrorKind::input, "{} has no place on the earth, so no map says what it shows",
         scene.gdal_name());
  auto& grid = grids_[scene.gdal_name()];
  if (grid == nullptr) grid = std::make_unique<SceneGrid>(scene.map_from_pixel, scene.crs_wkt);
  return *grid;
}

std::vector<BurnShape> ObjectLabels::shapes_in(const SceneGrid& grid, const PixelWindow& window,
                                               double gsd_m) {
  const auto outline = grid.lonlat_from_pixel(Box{double(window.x), double(window.y),
                                                  double(window.x + window.width),
                                                  double(window.y + window.height)});
  if (!outline) return {};
  // Lines reach in from outside; a share of the window is more than any is wide.
  const Box lonlat = bounding_box(*outline);
  const Box around = grown(lonlat, 0.1 * std::max(lonlat.width(), lonlat.height()));
  std::vector<PiledShape> shapes;
  const auto add = [&](const MapObject& object) {
    const ObjectRule& rule = *rule_of(object, gsd_m);
    const Box extent = bounding_box(object.geometry_lonlat);
    // The store finds objects on the other side of the antimeridian, with their own longitudes.
    const double turn =
        unwrapped_longitude(extent.centre().x, around.centre().x) - extent.centre().x;
    const Geometry near = mapped(object.geometry_lonlat, [&](Point p) {
      return Point{p.x + turn, p.y};
    });
    auto pixels = grid.pixel_from_lonlat(clipped(near, around));
    if (!pixels) return;
    *pixels = mapped(std::move(*pixels), [&](Point p) {
      return Point{p.x - window.x, p.y - window.y};
    });
    const auto place = std::ranges::find(names_, rule.name) - names_.begin();
    shapes.push_back(
        {{std::move(*pixels), static_cast<std::uint8_t>(place + 1), rule.half_width_m / gsd_m},
         rule.rank,
         extent.width() * extent.height(),
         object.fid});
  };
  store_->for_each_in(
      around,
      [&](const MapObject& object, const Box&) { return rule_of(object, gsd_m) != nullptr; }, add);
  return piled(std::move(shapes));
}

std::vector<std::uint8_t> ObjectLabels::over(const Scene& scene, const PixelWindow& window,
                                             double inset_m) {
  const SceneGrid& grid = grid_of(scene);
  const Point middle{window.x + window.width / 2.0, window.y + window.height / 2.0};
  const double gsd_m = ground_sample_distance_m(grid, middle).value_or(0);
  const double inset_px = gsd_m > 0 ? inset_m / gsd_m : 0;
  if (!(inset_px <= kMostInset))
    fail(ErrorKind::usage, "an inset of {} m is {:.0f} pixels of {}; {} are possible", inset_m,
         inset_px, scene.name, kMostInset);
  const int inset = static_cast<int>(std::lround(inset_px));
  const PixelWindow wide{window.x - inset, window.y - inset, window.width + 2 * inset,
                         window.height + 2 * inset};
  const std::vector<BurnShape> shapes =
      gsd_m > 0 ? shapes_in(grid, wide, gsd_m) : std::vector<BurnShape>{};
  const auto labels = inner_labels(burnt(shapes, wide.width, wide.height), wide.width, inset);
  std::vector<std::uint8_t> result;
  for (int y = 0; y < window.height; ++y) {
    const auto row = labels.begin() + std::ptrdiff_t{y + inset} * wide.width + inset;
    result.insert(result.end(), row, row + window.width);
  }
  return result;
}

ObjectLabels open_object_labels(const std::string& store, const std::filesystem::path& rules) {
  const std::string table = "landcover_objects.csv";
  return {ObjectStore::open(store), parse_object_rules(load_resource_or(table, rules),
                                                       rules.empty() ? table : rules.string())};
}

std::vector<std::uint8_t> inner_labels(const std::vector<std::uint8_t>& labels, int width,
                                       int inset) {
  if (inset <= 0 || labels.empty()) return labels;
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t rows = labels.size() / columns;
  std::vector<std::uint8_t> along(labels.size()), result(labels.size());
  for (std::size_t y = 0; y < rows; ++y)
    keep_runs(labels.data() + y * columns, columns, 1, inset, along.data() + y * columns);
  // Rows first: a column's run ends where a neighbour's label came within the inset.
  for (std::size_t x = 0; x < columns; ++x)
    keep_runs(along.data() + x, rows, columns, inset, result.data() + x);
  return result;
}

}  // namespace skyglot
