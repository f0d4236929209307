// SPDX-License-Identifier: Apache-2.0
#include "landcover/scene_map.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "embed/job.hpp"
#include "raster/gdal.hpp"
#include "raster/raster_writer.hpp"

#include "landcover/block_store.hpp"
#include "landcover/tiles.hpp"
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

constexpr int kSmallestBlock = 256;
constexpr int kLargestBlock = 2048;

// Pixels around a block whose scores are needed too.
int margin_of(const SceneMapOptions& options) {
  return options.crf ? options.crf_margin : 0;
}

// Scores, weights and a few copies of a block fit into the memory; what the CRF needs on top is
// counted to the last array.
int block_side(const SceneMapOptions& options, std::int64_t classes) {
  double bytes_a_pixel = 2 * (4.0 * static_cast<double>(classes + 2) + 16);
  if (options.crf) bytes_a_pixel += static_cast<double>(crf_bytes_a_pixel(classes));
  const double side =
      std::sqrt(static_cast<double>(options.memory) / bytes_a_pixel) - 2 * margin_of(options);
  if (options.crf && side < kSmallestBlock)
    log_warning(
        "the CRF with a margin of {} pixels needs {} MiB for the smallest block, more than "
        "--memory; a smaller --crf-margin needs less",
        options.crf_margin,
        std::llround(std::pow(kSmallestBlock + 2 * margin_of(options), 2) * bytes_a_pixel /
                     (1 << 20)));
  return std::clamp(static_cast<int>(side) / kSmallestBlock * kSmallestBlock, kSmallestBlock,
                    kLargestBlock);
}

PixelWindow enlarged(const PixelWindow& block, int margin, const Scene& scene) {
  const int x = std::max(0, block.x - margin), y = std::max(0, block.y - margin);
  return {x, y, std::min(scene.width, block.x + block.width + margin) - x,
          std::min(scene.height, block.y + block.height + margin) - y};
}

Json crf_plan(const SceneMapOptions& options) {
  if (!options.crf) return nullptr;
  return {
      {"iterations", options.crf->iterations},
      {"near", {options.crf->near_deviation, options.crf->near_weight}},
      {"alike",
       {options.crf->alike_deviation, options.crf->colour_deviation, options.crf->alike_weight}},
      {"margin", options.crf_margin}};
}

// Everything that decides the blocks.
Json map_plan(const Ground& ground, std::size_t scene, const ImageEncoder& backbone,
              const LandcoverModel& model, const SceneMapOptions& options, int side) {
  Json classes = Json::array();
  for (const CoverClass& one : model.classes.classes) classes.push_back(one.name);
  return {{"scene", ground.facts(scene)},
          {"tile", model.tile},
          {"features", to_string(model.features)},
          {"backbone", about_model(backbone.config())},
          {"computed", computed_as(backbone.context().options())},
          {"classes", classes},
          {"class_of_centre", model.classes.class_of},
          {"weights_sha256", model.weights_sha256},
          {"overlap", options.segment.overlap},
          {"flip", options.segment.flip},
          {"sharpness", options.segment.sharpness},
          {"crf", crf_plan(options)},
          {"confidence", options.confidence},
          {"block", side}};
}

// The block out of a larger window.
WindowScores part_of(const WindowScores& whole, const PixelWindow& block) {
  WindowScores part{block, whole.classes, {}};
  part.log_probabilities.reserve(part.pixels() * static_cast<std::size_t>(part.classes));
  for (std::int64_t c = 0; c < whole.classes; ++c)
    for (int y = block.y; y < block.y + block.height; ++y) {
      const auto row = static_cast<std::ptrdiff_t>(c * whole.window.height + y - whole.window.y);
      const auto first =
          whole.log_probabilities.begin() + row * whole.window.width + block.x - whole.window.x;
      part.log_probabilities.insert(part.log_probabilities.end(), first, first + block.width);
    }
  return part;
}

// Labels, then percents where they are wanted.
std::string block_bytes_of(const WindowScores& scores, const std::vector<std::uint8_t>& valid,
                           bool confidence) {
  const std::size_t pixels = scores.pixels();
  std::string bytes(confidence ? 2 * pixels : pixels, '\0');
  tbb::parallel_for(std::size_t{0}, pixels, [&](std::size_t p) {
    if (valid[p] == 0) return;
    const float* values = scores.log_probabilities.data() + p;
    const std::size_t best = scores.likeliest(p);
    bytes[p] = static_cast<char>(best + 1);
    if (!confidence) return;
    // Means of log probabilities are no longer those of shares that add up to one.
    double sum = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(scores.classes); ++c)
      sum += std::exp(double{values[c * pixels]} - double{values[best * pixels]});
    bytes[pixels + p] = static_cast<char>(std::lround(100 / sum));
  });
  return bytes;
}

RasterSpec map_spec(const Scene& scene, const LandcoverModel& model, bool confidence) {
  RasterSpec spec;
  spec.width = scene.width;
  spec.height = scene.height;
  spec.map_from_pixel = scene.map_from_pixel;
  spec.crs = scene.crs_wkt;
  spec.band_names = {"land cover"};
  if (confidence) spec.band_names.emplace_back("confidence in percent");
  spec.nodata = 0;
  spec.overview_resampling = "MODE";
  spec.class_names.emplace_back("no data");
  spec.colours[0] = {0, 0, 0};
  for (const CoverClass& one : model.classes.classes) {
    spec.colours[static_cast<int>(spec.class_names.size())] = one.colour;
    spec.class_names.push_back(one.name);
  }
  return spec;
}

// What draws the blocks of one scene.
struct BlockPainter {
  const Ground& ground;
  std::size_t scene;
  const ImageEncoder& backbone;
  const Segmenter& segmenter;
  const SceneMapOptions& options;

  [[nodiscard]] WindowScores scores(const PixelWindow& block) const {
    if (!options.crf) return segmenter.scores(scene, block);
    const PixelWindow window = enlarged(block, options.crf_margin, ground.scenes().at(scene));
    WindowScores scores = segmenter.scores(scene, window);
    const ShownGround shown = ground.read(scene, window);
    tbb::task_arena arena(backbone.context().threads());
    arena.execute([&] { sharpen(scores, shown, *options.crf); });
    if (window == block) return scores;
    return part_of(scores, block);
  }

  [[nodiscard]] std::string bytes(const PixelWindow& block) const {
    const std::vector<std::uint8_t> valid = ground.read(scene, block).valid;
    if (std::ranges::find(valid, std::uint8_t{1}) == valid.end())
      return std::string(valid.size() * (options.confidence ? 2 : 1), '\0');
    return block_bytes_of(scores(block), valid, options.confidence);
  }
};

void count(const std::string& bytes, std::size_t pixels, SceneMapSummary& summary) {
  for (std::size_t p = 0; p < pixels; ++p)
    if (const auto label = static_cast<unsigned char>(bytes[p]); label > 0) {
      ++summary.pixels;
      ++summary.counts.at(label - 1U);
    }
}

}  // namespace

void SceneMapOptions::validate() const {
  segment.validate();
  if (!crf) return;
  crf->validate();
  if (crf_margin < 0 || crf_margin > kLargestBlock)
    fail(ErrorKind::usage, "map: the margin of the CRF is {} pixels, not in [0, {}]", crf_margin,
         kLargestBlock);
}

SceneMapSummary map_scene(const Ground& ground, std::size_t scene_index,
                          const ImageEncoder& backbone, const LandcoverModel& model,
                          const SceneMapOptions& options) {
  limit_gdal_cache(options.memory / 4);
  const Scene& scene = ground.scenes().at(scene_index);
  const auto classes = std::ssize(model.classes.classes);
  const int side = block_side(options, classes);
  const std::vector<PixelWindow> blocks = blocks_of(scene, side);
  BlockStore store(options.output.string() + ".partial",
                   map_plan(ground, scene_index, backbone, model, options, side));
  const Segmenter segmenter(ground, backbone, model, options.segment);
  const BlockPainter painter{ground, scene_index, backbone, segmenter, options};
  SceneMapSummary summary;
  summary.blocks = std::ssize(blocks);
  summary.resumed = static_cast<std::int64_t>(store.finished());
  summary.counts.resize(static_cast<std::size_t>(classes));
  Progress progress("blocks", blocks.size());
  progress.advance(store.finished());
  const auto start = std::chrono::steady_clock::now();
  while (store.finished() < blocks.size()) {
    store.add(painter.bytes(blocks[store.finished()]));
    progress.advance();
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  RasterWriter writer(options.output, map_spec(scene, model, options.confidence));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string bytes = store.read(i);
    count(bytes,
          static_cast<std::size_t>(blocks[i].width) * static_cast<std::size_t>(blocks[i].height),
          summary);
    writer.write<std::uint8_t>(blocks[i],
                               {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  if (summary.pixels == 0)
    fail(ErrorKind::input, "{} holds no data anywhere; if it does, say so with --nodata or --mask",
         scene.gdal_name());
  writer.finish();
  store.remove();
  return summary;
}

}  // namespace skyglot
