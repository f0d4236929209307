// SPDX-License-Identifier: Apache-2.0
#include "landcover/segmenter.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/linear_algebra.hpp"
#include "pictures/flip.hpp"

#include <fmt/core.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::size_t kTilesAtOnce = 32;

std::int64_t floor_modulo(std::int64_t a, std::int64_t b) {
  return ((a % b) + b) % b;
}

// The scene's first pixel, counted on a grid of its pixels that begins at the origin of its map.
struct LatticeOrigin {
  std::int64_t x = 0, y = 0;
};

LatticeOrigin origin_of(const Scene& scene) {
  const GeoTransform& t = scene.map_from_pixel;
  if (scene.crs_wkt.empty() || t[2] != 0 || t[4] != 0 || t[1] == 0 || t[5] == 0) return {};
  return {-std::llround(t[0] / t[1]), -std::llround(t[3] / t[5])};
}

Matrix features_matrix(const FeatureGrid& grid) {
  Matrix matrix;
  matrix.rows = grid.height * grid.width;
  matrix.cols = grid.depth;
  matrix.values = grid.values;
  return matrix;
}

// Adds what the mirrored picture's patches say, back in their places.
void add_mirrored(Matrix& codes, const Matrix& mirrored, std::int64_t side) {
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x)
      std::ranges::transform(codes.row(y * side + x), mirrored.row(y * side + side - 1 - x),
                             codes.row(y * side + x).begin(), std::plus<>());
}

// Where pixel `at` of a tile lies between two patches, as bilinear enlargement has it.
struct Between {
  std::int64_t low, high;
  float share;  // of the high one
};

Between between_patches(int at, int patch, std::int64_t patches) {
  const double place = std::clamp((at + 0.5) / patch - 0.5, 0.0, static_cast<double>(patches - 1));
  const auto low = static_cast<std::int64_t>(place);
  return {low, std::min(low + 1, patches - 1),
          static_cast<float>(place - static_cast<double>(low))};
}

// Weight of pixel `at` of a tile: most in the middle.
float tent(int at, int side) {
  return static_cast<float>(std::min(at + 1, side - at));
}

// Sums of weighted scores over a window.
class Blend {
 public:
  Blend(const PixelWindow& window, std::int64_t classes, int side, int patch)
      : side_(side), patch_(patch), weights_(pixels_of(window)) {
    scores_.window = window;
    scores_.classes = classes;
    scores_.log_probabilities.resize(pixels_of(window) * static_cast<std::size_t>(classes));
  }

  // Rows of the window in parallel; tiles in their order, so that sums are always the same.
  void add(const std::vector<PixelWindow>& tiles, const std::vector<Matrix>& scores) {
    tbb::parallel_for(0, scores_.window.height, [&](int row) {
      for (std::size_t i = 0; i < tiles.size(); ++i) add_row(tiles[i], scores[i], row);
    });
  }

  WindowScores finish() {
    const std::size_t pixels = weights_.size();
    tbb::parallel_for(std::int64_t{0}, scores_.classes, [&](std::int64_t c) {
      float* values = scores_.log_probabilities.data() + static_cast<std::size_t>(c) * pixels;
      for (std::size_t p = 0; p < pixels; ++p) values[p] /= weights_[p];
    });
    return std::move(scores_);
  }

 private:
  static std::size_t pixels_of(const PixelWindow& window) {
    return static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
  }

  void add_row(const PixelWindow& tile, const Matrix& scores, int row) {
    const PixelWindow& window = scores_.window;
    const int y = window.y + row - tile.y;
    const int first = std::max(tile.x, window.x);
    const int last = std::min(tile.x + side_, window.x + window.width);
    if (y < 0 || y >= side_ || first >= last) return;
    const std::int64_t patches = side_ / patch_;
    const Between rows = between_patches(y, patch_, patches);
    const float row_weight = tent(y, side_);
    for (int x = first; x < last; ++x) {
      const Between columns = between_patches(x - tile.x, patch_, patches);
      const float weight = row_weight * tent(x - tile.x, side_);
      const std::size_t pixel =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(window.width) +
          static_cast<std::size_t>(x - window.x);
      weights_[pixel] += weight;
      add_pixel(scores, rows, columns, weight, pixel);
    }
  }

  void add_pixel(const Matrix& scores, const Between& rows, const Between& columns, float weight,
                 std::size_t pixel) {
    const std::int64_t patches = side_ / patch_;
    const float* a = scores.row(rows.low * patches + columns.low).data();
    const float* b = scores.row(rows.low * patches + columns.high).data();
    const float* c = scores.row(rows.high * patches + columns.low).data();
    const float* d = scores.row(rows.high * patches + columns.high).data();
    const float bottom = rows.share, right = columns.share;
    float* out = scores_.log_probabilities.data() + pixel;
    for (std::int64_t k = 0; k < scores_.classes; ++k, out += weights_.size()) {
      const float upper = a[k] + right * (b[k] - a[k]);
      const float lower = c[k] + right * (d[k] - c[k]);
      *out += weight * (upper + bottom * (lower - upper));
    }
  }

  int side_, patch_;
  WindowScores scores_;
  std::vector<float> weights_;
};

}  // namespace

std::size_t WindowScores::likeliest(std::size_t pixel) const {
  const std::size_t step = pixels();
  const float* values = log_probabilities.data() + pixel;
  std::size_t best = 0;
  for (std::size_t c = 1; c < static_cast<std::size_t>(classes); ++c)
    if (values[c * step] > values[best * step]) best = c;
  return best;
}

void SegmentOptions::validate() const {
  std::string problems;
  if (!(overlap >= 0 && overlap <= 0.95))
    problems += fmt::format("; the overlap is {}, not in [0, 0.95]", overlap);
  if (!(sharpness > 0)) problems += fmt::format("; the sharpness is {}, not above 0", sharpness);
  if (!problems.empty()) fail(ErrorKind::usage, "map: {}", problems.substr(2));
}

std::vector<int> lattice_starts(int from, int to, int length, int side, int step,
                                std::int64_t origin) {
  std::vector<int> starts;
  const auto shift = static_cast<int>(floor_modulo(origin, step));
  const int first = from - side + 1;
  int at = first + static_cast<int>(floor_modulo(shift - std::int64_t{first}, step));
  for (; at < to; at += step) {
    const int inside = std::min(length, at + side) - std::max(0, at);
    const bool others_cover = 2 * step <= side;
    if (inside > 0 && (!others_cover || 2 * inside >= std::min(side, length))) starts.push_back(at);
  }
  return starts;
}

Segmenter::Segmenter(const Ground& ground, const ImageEncoder& backbone,
                     const LandcoverModel& model, const SegmentOptions& options)
    : ground_(ground),
      backbone_(backbone),
      model_(model),
      options_(options),
      step_(std::max(1, static_cast<int>(std::lround(model.tile * (1 - options.overlap))))) {
  options.validate();
}

std::vector<PixelWindow> Segmenter::tiles_over(const Scene& scene,
                                               const PixelWindow& window) const {
  const LatticeOrigin origin = origin_of(scene);
  std::vector<PixelWindow> tiles;
  for (const int y : lattice_starts(window.y, window.y + window.height, scene.height, model_.tile,
                                    step_, origin.y))
    for (const int x : lattice_starts(window.x, window.x + window.width, scene.width, model_.tile,
                                      step_, origin.x))
      tiles.push_back({x, y, model_.tile, model_.tile});
  return tiles;
}

std::vector<Matrix> Segmenter::tile_scores(std::size_t scene,
                                           const std::vector<PixelWindow>& tiles) const {
  const std::size_t views = options_.flip ? 2 : 1;
  std::vector<Picture> pictures(tiles.size() * views);
  tbb::parallel_for(std::size_t{0}, tiles.size(), [&](std::size_t i) {
    pictures[i] = ground_.read(scene, tiles[i], model_.tile).picture;
    if (options_.flip) pictures[tiles.size() + i] = flipped(pictures[i]);
  });
  const std::vector<FeatureGrid> grids = features_of(backbone_, model_.features, pictures);
  std::vector<Matrix> scores(tiles.size());
  tbb::parallel_for(std::size_t{0}, tiles.size(), [&](std::size_t i) {
    Matrix codes = model_.head.codes(features_matrix(grids[i]));
    if (options_.flip) {
      add_mirrored(codes, model_.head.codes(features_matrix(grids[tiles.size() + i])),
                   grids[i].width);
      normalise_rows(codes);
    }
    scores[i] = class_log_probabilities(codes, model_.classes, options_.sharpness);
  });
  return scores;
}

WindowScores Segmenter::scores(std::size_t scene, const PixelWindow& window) const {
  const std::vector<PixelWindow> tiles = tiles_over(ground_.scenes().at(scene), window);
  Blend blend(window, std::ssize(model_.classes.classes), model_.tile,
              static_cast<int>(backbone_.config().vision.patch_size));
  tbb::task_arena arena(backbone_.context().threads());
  for (std::size_t first = 0; first < tiles.size(); first += kTilesAtOnce) {
    check_interrupt();
    const auto begin = tiles.begin() + static_cast<std::ptrdiff_t>(first);
    const std::vector<PixelWindow> some(
        begin, begin + static_cast<std::ptrdiff_t>(std::min(kTilesAtOnce, tiles.size() - first)));
    arena.execute([&] { blend.add(some, tile_scores(scene, some)); });
  }
  return blend.finish();
}

}  // namespace skyglot
