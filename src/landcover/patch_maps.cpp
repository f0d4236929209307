// SPDX-License-Identifier: Apache-2.0
#include "landcover/patch_maps.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace skyglot {
namespace {

// Of a point: the rows around it and the share of each.
struct Corners {
  std::array<std::int64_t, 4> rows;
  std::array<float, 4> shares;
};

struct Along {
  std::int64_t low, high;
  float share;
};

Along along(float coordinate, std::int64_t grid) {
  const auto last = static_cast<float>(grid - 1);
  const float place = std::clamp((coordinate + 1) / 2 * last, 0.F, last);
  const auto low = static_cast<std::int64_t>(place);
  return {low, std::min(low + 1, grid - 1), place - static_cast<float>(low)};
}

Corners corners_of(MapPoint point, std::int64_t picture, std::int64_t grid) {
  const Along x = along(point.x, grid), y = along(point.y, grid);
  const std::int64_t top = (picture * grid + y.low) * grid;
  const std::int64_t bottom = (picture * grid + y.high) * grid;
  return {{top + x.low, top + x.high, bottom + x.low, bottom + x.high},
          {(1 - x.share) * (1 - y.share), x.share * (1 - y.share), (1 - x.share) * y.share,
           x.share * y.share}};
}

}  // namespace

Matrix sampled_at(const PatchMaps& maps, const MapPoints& points) {
  Matrix sampled(std::ssize(points.points), maps.rows.cols);
  const std::int64_t each = points.each();
  tbb::parallel_for(std::size_t{0}, points.pictures.size(), [&](std::size_t n) {
    for (std::int64_t p = static_cast<std::int64_t>(n) * each;
         p < static_cast<std::int64_t>(n + 1) * each; ++p) {
      const Corners corners =
          corners_of(points.points[static_cast<std::size_t>(p)], points.pictures[n], maps.grid);
      float* out = sampled.row(p).data();
      for (std::size_t c = 0; c < 4; ++c) {
        const float* from = maps.rows.row(corners.rows[c]).data();
        const float share = corners.shares[c];
        for (std::int64_t d = 0; d < sampled.cols; ++d) out[d] += share * from[d];
      }
    }
  });
  return sampled;
}

void add_sampled_gradient(const Matrix& by_sampled, const MapPoints& points, std::int64_t grid,
                          Matrix& gradient) {
  const std::int64_t each = points.each();
  const auto add_run = [&](std::int64_t n) {
    for (std::int64_t p = n * each; p < (n + 1) * each; ++p) {
      const Corners corners = corners_of(points.points[static_cast<std::size_t>(p)],
                                         points.pictures[static_cast<std::size_t>(n)], grid);
      const float* from = by_sampled.row(p).data();
      for (std::size_t c = 0; c < 4; ++c) {
        float* out = gradient.row(corners.rows[c]).data();
        const float share = corners.shares[c];
        for (std::int64_t d = 0; d < gradient.cols; ++d) out[d] += share * from[d];
      }
    }
  };
  // A picture may stand twice: all its runs are added by one thread, in their order.
  const auto& pictures = points.pictures;
  tbb::parallel_for(std::ptrdiff_t{0}, std::ssize(pictures), [&](std::ptrdiff_t n) {
    const auto mine = pictures.begin() + n;
    if (std::find(pictures.begin(), mine, *mine) != mine) return;
    for (auto other = mine; other != pictures.end();
         other = std::find(other + 1, pictures.end(), *mine))
      add_run(other - pictures.begin());
  });
}

}  // namespace skyglot
