// SPDX-License-Identifier: Apache-2.0
#include "simulate/picture_taker.hpp"

#include "base/atomic_file.hpp"
#include "base/hash.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "simulate/shading.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace skyglot::simulate {
namespace {

constexpr int kBlock = 512;  // pixels of the finished picture

struct PictureBlock {
  std::size_t scene = 0;
  PixelWindow window;
};

/// Samples of one block, bands one after the other.
struct Samples {
  PictureBlock block;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> words;
};

std::vector<PictureBlock> all_blocks(const std::vector<SceneSpec>& scenes) {
  std::vector<PictureBlock> blocks;
  for (std::size_t s = 0; s < scenes.size(); ++s) {
    const int side = kBlock / scenes[s].oversample;
    for (int y = 0; y < scenes[s].height; y += side)
      for (int x = 0; x < scenes[s].width; x += side)
        blocks.push_back(
            {s, {x, y, std::min(side, scenes[s].width - x), std::min(side, scenes[s].height - y)}});
  }
  return blocks;
}

PixelWindow drawing_window(const PixelWindow& w, int oversample) {
  return {w.x * oversample, w.y * oversample, w.width * oversample, w.height * oversample};
}

PixelWindow grown_window(const PixelWindow& w, int by) {
  return {w.x - by, w.y - by, w.width + 2 * by, w.height + 2 * by};
}

// The lens: a light blur of one pixel, after which `light` has lost its outer ring.
std::vector<Light> blurred(const std::vector<Light>& light, int width, int height) {
  constexpr float kCentre = 0.60F;
  constexpr float kSide = 0.10F;
  std::vector<Light> out;
  out.reserve(light.size());
  const auto stride = static_cast<std::size_t>(width);
  for (int y = 1; y + 1 < height; ++y)
    for (int x = 1; x + 1 < width; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x);
      Light sum{};
      for (std::size_t b = 0; b < sum.size(); ++b)
        sum[b] = kCentre * light[i][b] + kSide * (light[i - 1][b] + light[i + 1][b] +
                                                  light[i - stride][b] + light[i + stride][b]);
      out.push_back(sum);
    }
  return out;
}

Light averaged(const std::vector<Light>& light, const PixelWindow& w, int factor, int x, int y) {
  Light sum{};
  for (int dy = 0; dy < factor; ++dy)
    for (int dx = 0; dx < factor; ++dx) {
      const auto i =
          static_cast<std::size_t>((y * factor + dy) * w.width * factor + x * factor + dx);
      for (std::size_t b = 0; b < sum.size(); ++b) sum[b] += light[i][b];
    }
  for (float& v : sum) v /= static_cast<float>(factor * factor);
  return sum;
}

// Where the swath of the satellite ends.
bool beyond_swath(const SceneSpec& spec, int x, int y) {
  return spec.cut_corner && x + 0.22 * y > 1.04 * spec.width;
}

class Camera {
 public:
  Camera(const Town& town, const std::vector<SceneSpec>& scenes)
      : scenes_(scenes), noise_(town.seed) {
    for (const SceneSpec& spec : scenes) shapes_.emplace_back(town, spec);
  }

  [[nodiscard]] Samples take(const PictureBlock& block) const {
    const SceneSpec& spec = scenes_[block.scene];
    return spec.sensor == Sensor::classes8 ? classes(block) : photograph(block);
  }

 private:
  [[nodiscard]] Samples classes(const PictureBlock& block) const;
  [[nodiscard]] Samples photograph(const PictureBlock& block) const;
  void record_rgb(Samples& samples, const std::vector<Light>& light) const;
  void record_multi(Samples& samples, const std::vector<Light>& light) const;
  // Noise of the sensor at a pixel and band; of standard deviation 1.
  [[nodiscard]] float sensor_noise(std::size_t scene, int x, int y, int band) const {
    const auto shift = static_cast<std::int64_t>(scene) * 37 + band * 131;
    return noise_.grain.cell(x + shift, y + shift * 3);
  }

  const std::vector<SceneSpec>& scenes_;
  std::vector<SceneShapes> shapes_;
  NoiseSet noise_;
};

Samples Camera::classes(const PictureBlock& block) const {
  const SceneShapes& shapes = shapes_[block.scene];
  const PixelWindow margin = grown_window(block.window, 8);
  const Canvas canvas = draw_canvas(shapes, margin, noise_.patches);
  Samples samples{block, {}, {}};
  const PixelWindow& w = block.window;
  for (int y = w.y; y < w.y + w.height; ++y)
    for (int x = w.x; x < w.x + w.width; ++x) {
      const PixelId id = canvas.id[canvas.at(x, y)];
      LandClass value = LandClass::grass;
      if (is_tree(id))
        value = tree_kind(id) == TreeKind::bush ? LandClass::shrub : LandClass::tree;
      else if (id != kNothing)
        value = look_of(shapes.town().shapes[shape_of(id)].surface).land_class;
      samples.bytes.push_back(static_cast<std::uint8_t>(value));
    }
  return samples;
}

Samples Camera::photograph(const PictureBlock& block) const {
  const SceneSpec& spec = scenes_[block.scene];
  const SceneShapes& shapes = shapes_[block.scene];
  const PixelWindow core = drawing_window(block.window, spec.oversample);
  const PixelWindow ring = grown_window(core, 1);
  const Canvas canvas = draw_canvas(shapes, with_shadow_margin(shapes, spec, ring), noise_.patches);
  const std::vector<Light> light =
      blurred(shade(shapes, spec, canvas, ring, noise_), ring.width, ring.height);
  Samples samples{block, {}, {}};
  if (spec.sensor == Sensor::rgb8)
    record_rgb(samples, light);
  else
    record_multi(samples, light);
  return samples;
}

void Camera::record_rgb(Samples& samples, const std::vector<Light>& light) const {
  const PixelWindow& w = samples.block.window;
  const std::size_t count = light.size();
  samples.bytes.resize(3 * count);
  for (int band = 0; band < 3; ++band)
    for (std::size_t i = 0; i < count; ++i) {
      const int x = w.x + static_cast<int>(i % static_cast<std::size_t>(w.width));
      const int y = w.y + static_cast<int>(i / static_cast<std::size_t>(w.width));
      const float value = srgb_of(light[i][static_cast<std::size_t>(band)]) +
                          1.7F * sensor_noise(samples.block.scene, x, y, band);
      samples.bytes[static_cast<std::size_t>(band) * count + i] =
          static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    }
}

void Camera::record_multi(Samples& samples, const std::vector<Light>& light) const {
  static constexpr std::array<std::size_t, 4> kSource{2, 1, 0, 3};  // blue, green, red, nir
  const PictureBlock& block = samples.block;
  const SceneSpec& spec = scenes_[block.scene];
  const PixelWindow& w = block.window;
  const auto count = static_cast<std::size_t>(w.width) * static_cast<std::size_t>(w.height);
  samples.words.assign(4 * count, 0);
  for (int y = 0; y < w.height; ++y)
    for (int x = 0; x < w.width; ++x) {
      if (beyond_swath(spec, w.x + x, w.y + y)) continue;
      const Light mean = averaged(light, w, spec.oversample, x, y);
      const auto i = static_cast<std::size_t>(y * w.width + x);
      for (std::size_t band = 0; band < 4; ++band) {
        const float noise = sensor_noise(block.scene, w.x + x, w.y + y, static_cast<int>(band));
        const float value = 10000 * mean[kSource[band]] + 9 * noise;
        samples.words[band * count + i] =
            static_cast<std::uint16_t>(std::clamp(std::lround(value), 1L, 65535L));
      }
    }
}

std::map<std::string, std::string> metadata_of(const SceneSpec& spec, const Town& town) {
  std::string date = spec.date;
  std::ranges::replace(date, '-', ':');
  std::map<std::string, std::string> metadata{
      {"SIMULATED", "yes: made by skyglot simulate, shows no real place"},
      {"TIFFTAG_COPYRIGHT", "CC0-1.0 (simulated picture)"},
      {"SEED", std::to_string(town.seed)}};
  if (!date.empty()) metadata["TIFFTAG_DATETIME"] = date + " 10:30:00";
  if (spec.sensor != Sensor::classes8) return metadata;
  for (const ClassInfo& info : land_classes())
    metadata["CLASS_" + std::to_string(static_cast<int>(info.value))] = std::string(info.name);
  return metadata;
}

RasterSpec raster_spec(const SceneSpec& spec, const Town& town) {
  RasterSpec raster;
  raster.width = spec.width;
  raster.height = spec.height;
  raster.map_from_pixel = spec.map_from_pixel;
  raster.crs = spec.crs;
  raster.metadata = metadata_of(spec, town);
  if (spec.sensor == Sensor::rgb8) {
    raster.band_names = {"red", "green", "blue"};
    raster.compression = "JPEG";
  } else if (spec.sensor == Sensor::multi16) {
    raster.type = SampleType::u16;
    raster.band_names = {"blue", "green", "red", "nir"};
    raster.nodata = 0;
  } else {
    raster.band_names = {"land class"};
    raster.overview_resampling = "MODE";
    for (const ClassInfo& info : land_classes())
      raster.colours[static_cast<int>(info.value)] = info.colour;
  }
  return raster;
}

}  // namespace

void take_pictures(const Town& town, const std::vector<SceneSpec>& scenes,
                   const std::filesystem::path& folder, int threads) {
  std::vector<std::unique_ptr<RasterWriter>> writers;
  for (const SceneSpec& spec : scenes) {
    make_folder((folder / spec.file).parent_path());
    writers.push_back(std::make_unique<RasterWriter>(folder / spec.file, raster_spec(spec, town)));
  }
  const std::vector<PictureBlock> blocks = all_blocks(scenes);
  const Camera camera(town, scenes);
  Progress progress("pictures", blocks.size());
  std::size_t next = 0;
  const PipelineLimits limits{threads, static_cast<std::size_t>(threads) * 3};
  run_pipeline(
      limits, [&] { return next < blocks.size() ? std::optional(blocks[next++]) : std::nullopt; },
      [&](const PictureBlock& block) { return camera.take(block); },
      [&](const Samples& samples) {
        RasterWriter& writer = *writers[samples.block.scene];
        if (samples.words.empty())
          writer.write<std::uint8_t>(samples.block.window, samples.bytes);
        else
          writer.write<std::uint16_t>(samples.block.window, samples.words);
        progress.advance();
      });
  next = 0;
  run_pipeline(
      limits, [&] { return next < writers.size() ? std::optional(next++) : std::nullopt; },
      [&](std::size_t i) {
        writers[i]->finish();
        return i;
      },
      [](std::size_t) {});
}

}  // namespace skyglot::simulate
