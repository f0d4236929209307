// SPDX-License-Identifier: Apache-2.0
#include "landcover/tile_features.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "base/progress.hpp"
#include "base/words.hpp"
#include "embed/embeddings_writer.hpp"
#include "embed/job.hpp"
#include "embed/vectors.hpp"

#include <fmt/core.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTilesInBlock = 64;
constexpr std::int64_t kColourDepth = 9;

std::string tile_id(const GroundTile& tile) {
  return fmt::format("{}:{},{},{}", tile.scene, tile.window.x, tile.window.y, tile.window.width);
}

// Everything that decides the features.
Json features_plan(const Ground& ground, const ImageEncoder& backbone,
                   const FeatureRequest& request) {
  Json scenes = Json::array();
  for (std::size_t i = 0; i < ground.scenes().size(); ++i) scenes.push_back(ground.facts(i));
  return {{"model", about_model(backbone.config())},
          {"features", to_string(request.kind)},
          {"computed", computed_as(backbone.context().options())},
          {"side", request.layout.side},
          {"overlap", request.layout.overlap},
          {"five_crop", request.layout.five_crop},
          {"least_valid", request.least_valid},
          {"scenes", scenes}};
}

// The shown tiles of a block; those without enough data have no picture.
std::vector<ShownGround> shown_tiles(const Ground& ground, std::span<const GroundTile> tiles,
                                     int side, double least_valid) {
  std::vector<ShownGround> shown(tiles.size());
  tbb::parallel_for(std::size_t{0}, tiles.size(), [&](std::size_t i) {
    ShownGround one = ground.read(tiles[i].scene, tiles[i].window, side);
    const auto valid = std::accumulate(one.valid.begin(), one.valid.end(), std::int64_t{0});
    if (static_cast<double>(valid) >= least_valid * static_cast<double>(one.valid.size()))
      shown[i] = std::move(one);
  });
  return shown;
}

EmbeddedBlock block_of(const ImageEncoder& backbone, PatchFeature kind,
                       std::span<const GroundTile> tiles, std::vector<ShownGround> shown) {
  EmbeddedBlock block;
  std::vector<Picture> pictures;
  std::vector<std::vector<std::uint8_t>> masks;
  const int patch = static_cast<int>(backbone.config().vision.patch_size);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (shown[i].valid.empty()) {
      block.skipped.push_back({tile_id(tiles[i]), "nodata"});
      continue;
    }
    masks.push_back(valid_patches(shown[i], patch));
    pictures.push_back(std::move(shown[i].picture));
    block.ids.push_back(tile_id(tiles[i]));
  }
  if (pictures.empty()) return block;
  const std::vector<FeatureGrid> grids = features_of(backbone, kind, pictures);
  const std::size_t length = grids[0].values.size();
  block.vectors = Matrix(std::ssize(pictures), std::ssize(grids[0].values) + std::ssize(masks[0]));
  for (std::size_t i = 0; i < grids.size(); ++i) {
    const auto row = block.vectors.row(static_cast<std::int64_t>(i));
    std::ranges::copy(grids[i].values, row.begin());
    std::ranges::copy(masks[i], row.begin() + static_cast<std::ptrdiff_t>(length));
  }
  return block;
}

class FeatureJob {
 public:
  FeatureJob(const Ground& ground, const ImageEncoder& backbone, const FeatureRequest& request)
      : ground_(ground),
        backbone_(backbone),
        request_(request),
        tiles_(lay_tiles(ground.scenes(), request.layout)),
        plan_(features_plan(ground, backbone, request)) {}

  [[nodiscard]] fs::path folder() const {
    return request_.cache / ("features-" + sha256(json_text(plan_)).substr(0, 16));
  }

  void compute() {
    make_folder(request_.cache);
    EmbeddingsWriter writer(folder(), plan_, false);
    Progress progress("features", tiles_.size());
    std::size_t done = 0;
    for (const FinishedBlock& block : writer.finished()) done += block.items();
    progress.advance(done);
    tbb::task_arena arena(backbone_.context().threads());
    while (done < tiles_.size()) {
      check_interrupt();
      const std::size_t count = std::min(kTilesInBlock, tiles_.size() - done);
      const std::span<const GroundTile> tiles(tiles_.data() + done, count);
      std::vector<ShownGround> shown;
      arena.execute(
          [&] { shown = shown_tiles(ground_, tiles, request_.layout.side, request_.least_valid); });
      writer.add(block_of(backbone_, request_.kind, tiles, std::move(shown)));
      progress.advance(count);
      done += count;
    }
    (void)writer.finish(plan_, columns());
  }

  [[nodiscard]] TileFeatures read() const {
    const Embeddings embeddings = read_embeddings(folder());
    TileFeatures features{{}, grid(), depth(), embeddings.vectors};
    std::size_t next = 0;
    for (const GroundTile& tile : tiles_)
      if (next < embeddings.ids.size() && embeddings.ids[next] == tile_id(tile)) {
        features.tiles.push_back(tile);
        ++next;
      }
    if (next != embeddings.ids.size() || embeddings.vectors.cols() != columns())
      fail(ErrorKind::format, "{} is not of these tiles; remove it", folder().string());
    return features;
  }

 private:
  [[nodiscard]] std::int64_t grid() const {
    return request_.layout.side / backbone_.config().vision.patch_size;
  }
  [[nodiscard]] std::int64_t depth() const {
    return feature_depth(request_.kind, backbone_.config());
  }
  [[nodiscard]] std::int64_t columns() const { return grid() * grid() * (depth() + 1); }

  const Ground& ground_;
  const ImageEncoder& backbone_;
  const FeatureRequest& request_;
  std::vector<GroundTile> tiles_;
  Json plan_;
};

// Mean, deviation and mean step of each band over the square at (x, y).
void describe_colours(const Picture& picture, int x, int y, int side, std::span<float> out) {
  for (int band = 0; band < 3; ++band) {
    double sum = 0, squares = 0, steps = 0;
    for (int row = y; row < y + side; ++row)
      for (int column = x; column < x + side; ++column) {
        const std::uint8_t* at = picture.row(row) + std::ptrdiff_t{3} * column + band;
        const double value = *at;
        sum += value;
        squares += value * value;
        if (column + 1 < x + side) steps += std::abs(value - double(at[3]));
      }
    const double count = double(side) * side, mean = sum / count;
    const auto place = static_cast<std::size_t>(band);
    out[place] = static_cast<float>(mean);
    out[3 + place] = static_cast<float>(std::sqrt(std::max(0.0, squares / count - mean * mean)));
    out[6 + place] = static_cast<float>(steps / count);
  }
}

FeatureGrid colour_grid(const Picture& picture, int patch) {
  FeatureGrid grid{picture.height / patch, picture.width / patch, kColourDepth, {}};
  grid.values.resize(static_cast<std::size_t>(grid.height * grid.width * grid.depth));
  float* next = grid.values.data();
  for (int y = 0; y + patch <= picture.height; y += patch)
    for (int x = 0; x + patch <= picture.width; x += patch, next += kColourDepth)
      describe_colours(picture, x, y, patch, {next, kColourDepth});
  return grid;
}

constexpr std::array<std::string_view, 4> kFeatureKinds{"tokens", "keys", "values", "colour"};

// Numbers for a share of the patches of ground, in the order in which tiles show them. What tiles
// of one size show is told apart to the patch.
class CellNumbers {
 public:
  CellNumbers(const TileFeatures& features, std::int64_t most) : grid_(features.grid) {
    double patches = 0;
    std::map<std::pair<std::size_t, int>, Box> grounds;
    for (const GroundTile& tile : features.tiles) {
      Box& ground = grounds[{tile.scene, tile.window.width}];
      ground.add(Point{double(tile.window.x), double(tile.window.y)});
      ground.add(Point{double(tile.window.x + tile.window.width),
                       double(tile.window.y + tile.window.height)});
    }
    for (const auto& [key, ground] : grounds)
      patches += ground.width() * ground.height() / std::pow(double(key.second) / double(grid_), 2);
    every_ = std::max<std::uint64_t>(
        1,
        static_cast<std::uint64_t>(patches / static_cast<double>(std::max<std::int64_t>(1, most))));
  }

  // Nothing for a patch that is not among the share.
  std::optional<std::int64_t> of(const GroundTile& tile, std::int64_t y, std::int64_t x) {
    const double patch = double(tile.window.width) / double(grid_);
    const std::string key = fmt::format("{}/{}/{}/{}", tile.scene, tile.window.width,
                                        std::llround(tile.window.y / patch) + y,
                                        std::llround(tile.window.x / patch) + x);
    if (stable_hash(key) % every_ != 0) return std::nullopt;
    return numbers_.try_emplace(key, std::ssize(numbers_)).first->second;
  }

 private:
  std::int64_t grid_;
  std::uint64_t every_ = 1;
  std::unordered_map<std::string, std::int64_t> numbers_;
};

// The ground of a patch, to the pixel where tiles are not enlarged.
GroundTile patch_window(const GroundTile& tile, std::int64_t grid, std::int64_t y, std::int64_t x) {
  const auto edge = [&](int start, std::int64_t patch) {
    return start + static_cast<int>(patch * tile.window.width / grid);
  };
  const int left = edge(tile.window.x, x), top = edge(tile.window.y, y);
  return {tile.scene,
          {left, top, edge(tile.window.x, x + 1) - left, edge(tile.window.y, y + 1) - top}};
}

// Calls use(vector) for each valid patch of the tile's row.
template <typename Use>
void for_each_valid(const TileFeatures& features, std::span<const float> row, const Use& use) {
  const auto patches = static_cast<std::size_t>(features.grid * features.grid);
  const auto depth = static_cast<std::size_t>(features.depth);
  for (std::size_t p = 0; p < patches; ++p)
    if (row[patches * depth + p] > 0) use(row.subspan(p * depth, depth));
}

}  // namespace

std::string to_string(PatchFeature kind) {
  return word_of(kind, kFeatureKinds);
}

PatchFeature parse_feature_kind(const std::string& word) {
  return value_of<PatchFeature>(word, kFeatureKinds, "features");
}

PatchFeature usual_features(const ModelConfig& backbone) {
  return backbone.kind == ModelKind::clip ? PatchFeature::values : PatchFeature::tokens;
}

std::int64_t feature_depth(PatchFeature kind, const ModelConfig& backbone) {
  return kind == PatchFeature::colour ? kColourDepth : backbone.vision.transformer.width;
}

std::vector<FeatureGrid> features_of(const ImageEncoder& backbone, PatchFeature kind,
                                     std::span<const Picture> pictures) {
  if (kind == PatchFeature::keys) return backbone.patch_keys(pictures);
  if (kind == PatchFeature::tokens) return backbone.patch_features(pictures);
  if (kind == PatchFeature::values) return backbone.patch_values(pictures);
  std::vector<FeatureGrid> grids(pictures.size());
  const int patch = static_cast<int>(backbone.config().vision.patch_size);
  tbb::parallel_for(std::size_t{0}, pictures.size(),
                    [&](std::size_t i) { grids[i] = colour_grid(pictures[i], patch); });
  return grids;
}

std::vector<std::uint8_t> valid_patches(const ShownGround& tile, int patch) {
  const auto side = static_cast<std::size_t>(patch);
  const auto width = static_cast<std::size_t>(tile.picture.width);
  const std::size_t columns = width / side;
  const std::size_t rows = static_cast<std::size_t>(tile.picture.height) / side;
  std::vector<int> counts(columns * rows);
  for (std::size_t y = 0; y < rows * side; ++y)
    for (std::size_t x = 0; x < columns * side; ++x)
      counts[y / side * columns + x / side] += tile.valid[y * width + x];
  std::vector<std::uint8_t> valid;
  for (const int count : counts) valid.push_back(2 * count >= patch * patch ? 1 : 0);
  return valid;
}

TileFeatures tile_features(const Ground& ground, const ImageEncoder& backbone,
                           const FeatureRequest& request) {
  request.layout.validate(static_cast<int>(backbone.config().vision.patch_size));
  FeatureJob job(ground, backbone, request);
  if (!fs::exists(job.folder() / "embeddings.json")) job.compute();
  return job.read();
}

Matrix tile_descriptors(const TileFeatures& features) {
  Matrix means(features.rows.rows(), features.depth);
  for_each_block(features.rows, kTilesInBlock, [&](std::int64_t first, const Matrix& block) {
    for (std::int64_t i = 0; i < block.rows; ++i) {
      const auto mean = means.row(first + i);
      for_each_valid(features, block.row(i), [&](std::span<const float> vector) {
        for (std::size_t d = 0; d < vector.size(); ++d) mean[d] += vector[d];
      });
    }
  });
  normalise_rows(means);
  return means;
}

PatchSample sampled_patches(const TileFeatures& features, std::int64_t most) {
  PatchSample sample{Matrix(0, features.depth), {}, {}, {}};
  CellNumbers cells(features, most);
  const std::int64_t grid = features.grid;
  for (std::int64_t t = 0; t < features.rows.rows(); ++t) {
    const GroundTile& tile = features.tiles[static_cast<std::size_t>(t)];
    const Matrix block = features.rows.block(t, 1);
    for (std::int64_t p = 0; p < grid * grid; ++p) {
      if (block.values[static_cast<std::size_t>(grid * grid * features.depth + p)] <= 0) continue;
      const std::int64_t y = p / grid, x = p % grid;
      const auto cell = cells.of(tile, y, x);
      if (!cell) continue;
      if (*cell == sample.cells()) sample.places.push_back(patch_window(tile, grid, y, x));
      const float* vector = block.values.data() + p * features.depth;
      sample.vectors.values.insert(sample.vectors.values.end(), vector, vector + features.depth);
      ++sample.vectors.rows;
      sample.cell.push_back(*cell);
      sample.weight.push_back(static_cast<float>(std::min(y + 1, grid - y)) *
                              static_cast<float>(std::min(x + 1, grid - x)));
    }
  }
  return sample;
}

Matrix blended_codes(const PatchSample& sample, const Matrix& codes) {
  Matrix blended(sample.cells(), codes.cols);
  for (std::int64_t i = 0; i < codes.rows; ++i) {
    const auto place = static_cast<std::size_t>(i);
    const auto out = blended.row(sample.cell[place]);
    for (std::size_t d = 0; d < out.size(); ++d) out[d] += sample.weight[place] * codes.row(i)[d];
  }
  normalise_rows(blended);
  return blended;
}

}  // namespace skyglot
