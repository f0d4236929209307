// SPDX-License-Identifier: Apache-2.0
#include "imagery/footprint.hpp"

#include "imagery/mask_outline.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kMaxPoints = 20'000;

bool holds_data_everywhere(const BandInfo& band) {
  const bool real = band.type == SampleType::f32 || band.type == SampleType::f64;
  return !band.has_mask && !band.nodata && !real;
}

const std::vector<BandInfo>& bands_of(const Raster& raster, const FootprintOptions& options) {
  return options.told.empty() ? raster.info().bands : options.told;
}

// Clears the mask where a band holds the value that is told to be no data.
void clear_nodata(const Raster& raster, const Raster::ReadRequest& request, double nodata,
                  std::span<std::uint8_t> mask) {
  std::vector<float> values(mask.size());
  raster.read<float>(request, values);
  const auto none = static_cast<float>(nodata);
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (values[i] == none) mask[i] = 0;
}

// 1 where any of the bands holds data, by what the raster and others tell of it.
std::vector<std::uint8_t> valid_mask(const Raster& raster, Raster::ReadRequest request,
                                     const std::vector<BandInfo>& told) {
  std::vector<std::uint8_t> valid(static_cast<std::size_t>(request.out_width) *
                                  static_cast<std::size_t>(request.out_height));
  std::vector<std::uint8_t> mask(valid.size());
  for (const int band : std::exchange(request.bands, {})) {
    request.bands = {band};
    raster.read_valid(request, mask);
    const auto index = static_cast<std::size_t>(band - 1);
    const std::optional<double> nodata = told.at(index).nodata;
    if (nodata && nodata != raster.info().bands.at(index).nodata)
      clear_nodata(raster, request, *nodata, mask);
    for (std::size_t i = 0; i < valid.size(); ++i) valid[i] |= mask[i];
  }
  return valid;
}

Geometry outline_at(const Raster& raster, const FootprintOptions& options, int max_cells) {
  const RasterInfo& info = raster.info();
  const int width = std::min(info.width, max_cells);
  const int height = std::min(info.height, max_cells);
  const std::vector<std::uint8_t> mask = valid_mask(
      raster, {{0, 0, info.width, info.height}, options.bands, width, height, Resampling::nearest},
      bands_of(raster, options));
  const bool decimated = width < info.width || height < info.height;
  const OutlineOptions outline{.min_cells = decimated ? 4 : 0, .tolerance = 1};
  const double column = static_cast<double>(info.width) / width;
  const double row = static_cast<double>(info.height) / height;
  return mapped(mask_outline(mask, width, height, outline), [&](Point cell) {
    return Point{cell.x * column, cell.y * row};
  });
}

// `path` with points added so that no edge is longer than `longest`.
Path densified(const Path& path, double longest) {
  Path result;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Point a = path[i];
    const Point b = path[i + 1];
    const int pieces =
        std::max(1, static_cast<int>(std::ceil(std::hypot(b.x - a.x, b.y - a.y) / longest)));
    for (int piece = 0; piece < pieces; ++piece) {
      const double t = static_cast<double>(piece) / pieces;
      result.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  result.push_back(path.back());
  return result;
}

// Moves one ring; its first point stays within half a turn of `reference`.
std::variant<Path, Skipped> moved_ring(const Path& pixels, const SceneGrid& grid,
                                       double reference) {
  Path ring;
  for (const Point& pixel : pixels) {
    auto lonlat = grid.lonlat_from_pixel(pixel);
    if (!lonlat || std::abs(lonlat->y) > 90) return Skipped{"outside_earth"};
    lonlat->x = unwrapped_longitude(lonlat->x, ring.empty() ? reference : ring.back().x);
    ring.push_back(*lonlat);
  }
  if (std::abs(ring.back().x - ring.front().x) > 180) return Skipped{"around_pole"};
  ring.back() = ring.front();
  return ring;
}

double ring_area_m2(const Path& ring) {
  constexpr double kRadius = 6371007.18;
  constexpr double kRadians = std::numbers::pi / 180;
  double sum = 0;
  for (std::size_t i = 1; i < ring.size(); ++i)
    sum += (ring[i].x - ring[i - 1].x) * kRadians *
           (std::sin(ring[i].y * kRadians) + std::sin(ring[i - 1].y * kRadians)) / 2;
  return std::abs(sum) * kRadius * kRadius;
}

}  // namespace

std::variant<Geometry, Skipped> valid_pixels(const Raster& raster,
                                             const FootprintOptions& options) {
  const RasterInfo& info = raster.info();
  const bool whole = std::ranges::any_of(options.bands, [&](int band) {
    return holds_data_everywhere(bands_of(raster, options).at(static_cast<std::size_t>(band - 1)));
  });
  if (whole)
    return Geometry::rectangle(
        {0, 0, static_cast<double>(info.width), static_cast<double>(info.height)});
  constexpr int kCoarsest = 64;
  int cells = options.max_cells;
  Geometry outline = outline_at(raster, options, cells);
  while (outline.point_count() > kMaxPoints && cells > kCoarsest) {
    cells /= 2;
    outline = outline_at(raster, options, cells);
  }
  if (outline.parts.empty()) return Skipped{"no_valid_pixels"};
  return outline;
}

std::variant<Geometry, Skipped> lonlat_footprint(const Geometry& pixels, const SceneGrid& grid) {
  constexpr int kPieces = 8;
  const Box box = bounding_box(pixels);
  const double longest = std::max(1.0, std::max(box.width(), box.height()) / kPieces);
  const auto centre = grid.lonlat_from_pixel(box.centre());
  if (!centre) return Skipped{"outside_earth"};
  Geometry result{pixels.kind, {}};
  for (const auto& part : pixels.parts) {
    result.parts.emplace_back();
    for (const Path& path : part) {
      auto ring = moved_ring(densified(path, longest), grid, centre->x);
      if (const auto* skipped = std::get_if<Skipped>(&ring)) return *skipped;
      result.parts.back().push_back(std::move(std::get<Path>(ring)));
    }
  }
  return result;
}

double ground_area_m2(const Geometry& lonlat) {
  double area = 0;
  for (const auto& part : lonlat.parts)
    for (std::size_t ring = 0; ring < part.size(); ++ring)
      area += ring_area_m2(part[ring]) * (ring == 0 ? 1 : -1);
  return area;
}

bool is_footprint(const Geometry& lonlat) {
  // False for NaN too.
  const auto on_earth = [](const Point& p) { return std::abs(p.x) <= 720 && std::abs(p.y) <= 90; };
  const auto is_ring = [&](const Path& path) {
    return path.size() >= 4 && path.front() == path.back() && std::ranges::all_of(path, on_earth);
  };
  const auto is_part = [&](const std::vector<Path>& rings) {
    return !rings.empty() && std::ranges::all_of(rings, is_ring);
  };
  return lonlat.kind == GeometryKind::polygon && !lonlat.parts.empty() &&
         std::ranges::all_of(lonlat.parts, is_part);
}

}  // namespace skyglot
