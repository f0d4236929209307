// SPDX-License-Identifier: Apache-2.0
#include "search/heat_map.hpp"

#include "base/error.hpp"
#include "raster/raster_writer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace skyglot {
namespace {

constexpr double kEarthRadiusM = 6378137;  // of EPSG:3857
constexpr double kFarthestLatitude = 85.05;
constexpr double kMostPixels = 16e6;

Point mercator(Point lonlat) {
  const double radians = std::numbers::pi / 180;
  const double latitude = std::clamp(lonlat.y, -kFarthestLatitude, kFarthestLatitude) * radians;
  return {kEarthRadiusM * lonlat.x * radians,
          kEarthRadiusM * std::log(std::tan(std::numbers::pi / 4 + latitude / 2))};
}

struct ScoredBox {
  Box map;
  float score = 0;
};

std::vector<ScoredBox> scored_boxes(WindowIndex& index, std::span<const float> scores,
                                    const std::vector<std::int64_t>* rows) {
  std::vector<ScoredBox> boxes;
  index.windows().for_each([&](std::int64_t row, const IndexedWindow& window) {
    if (rows != nullptr && !std::ranges::binary_search(*rows, row)) return;
    const Box lonlat = bounding_box(window.footprint_lonlat);
    if (lonlat.empty()) return;
    const Point low = mercator({lonlat.min_x, lonlat.min_y});
    const Point high = mercator({lonlat.max_x, lonlat.max_y});
    if (!(high.x > low.x && high.y > low.y)) return;
    boxes.push_back({{low.x, low.y, high.x, high.y}, scores[static_cast<std::size_t>(row)]});
  });
  if (boxes.empty())
    fail(ErrorKind::input, "{}: none of the windows has a place that a map could show",
         index.folder().string());
  return boxes;
}

// The grid, and the sums of what lies over each of its pixels.
class HeatSums {
 public:
  explicit HeatSums(const std::vector<ScoredBox>& boxes) {
    double smallest = std::numeric_limits<double>::infinity();
    for (const ScoredBox& one : boxes) {
      extent_.add(one.map);
      smallest = std::min(smallest, one.map.width());
    }
    map_.pixel_m =
        std::max(smallest / 4, std::sqrt(extent_.width() * extent_.height() / kMostPixels));
    // A long strip has more pixels by its last, incomplete row or column.
    map_.width = std::max(1, static_cast<int>(std::ceil(extent_.width() / map_.pixel_m)));
    map_.height = std::max(1, static_cast<int>(std::ceil(extent_.height() / map_.pixel_m)));
    const auto pixels =
        static_cast<std::size_t>(map_.width) * static_cast<std::size_t>(map_.height);
    sums_.resize(pixels);
    counts_.resize(pixels);
  }

  void add(const ScoredBox& one) {
    auto [left, right] = span(one.map.min_x - extent_.min_x, one.map.max_x - extent_.min_x);
    auto [top, bottom] = span(extent_.max_y - one.map.max_y, extent_.max_y - one.map.min_y);
    // A window smaller than a pixel counts where its centre lies.
    if (right <= left) left = pixel_at(one.map.centre().x - extent_.min_x), right = left + 1;
    if (bottom <= top) top = pixel_at(extent_.max_y - one.map.centre().y), bottom = top + 1;
    for (int y = std::max(top, 0); y < std::min(bottom, map_.height); ++y)
      for (int x = std::max(left, 0); x < std::min(right, map_.width); ++x) {
        const std::size_t pixel =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(map_.width) +
            static_cast<std::size_t>(x);
        sums_[pixel] += one.score;
        ++counts_[pixel];
      }
  }

  void write(const std::filesystem::path& path) {
    for (std::size_t i = 0; i < sums_.size(); ++i)
      sums_[i] = counts_[i] > 0 ? sums_[i] / static_cast<float>(counts_[i])
                                : std::numeric_limits<float>::quiet_NaN();
    RasterSpec spec;
    spec.width = map_.width;
    spec.height = map_.height;
    spec.type = SampleType::f32;
    spec.map_from_pixel = {extent_.min_x, map_.pixel_m, 0, extent_.max_y, 0, -map_.pixel_m};
    spec.crs = "EPSG:3857";
    spec.band_names = {"similarity"};
    spec.nodata = std::numeric_limits<double>::quiet_NaN();
    RasterWriter writer(path, spec);
    writer.write<float>({0, 0, map_.width, map_.height}, sums_);
    writer.finish();
  }

  [[nodiscard]] const HeatMap& map() const { return map_; }

 private:
  [[nodiscard]] int pixel_at(double distance) const {
    return static_cast<int>(std::floor(distance / map_.pixel_m));
  }
  // Pixels whose middles lie between two distances from the first one's edge.
  [[nodiscard]] std::pair<int, int> span(double from, double to) const {
    return {static_cast<int>(std::ceil(from / map_.pixel_m - 0.5)),
            static_cast<int>(std::ceil(to / map_.pixel_m - 0.5))};
  }

  Box extent_;
  HeatMap map_;
  std::vector<float> sums_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace

HeatMap write_heat_map(const std::filesystem::path& path, WindowIndex& index,
                       std::span<const float> scores, const std::vector<std::int64_t>* rows) {
  const std::vector<ScoredBox> boxes = scored_boxes(index, scores, rows);
  HeatSums sums(boxes);
  for (const ScoredBox& one : boxes) sums.add(one);
  sums.write(path);
  return sums.map();
}

}  // namespace skyglot
