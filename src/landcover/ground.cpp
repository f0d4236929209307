// SPDX-License-Identifier: Apache-2.0
#include "landcover/ground.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "imagery/bands.hpp"
#include "imagery/scan.hpp"
#include "imagery/scene_facts.hpp"
#include "imagery/scene_reader.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace skyglot {
namespace {

Scene plain_scene(const std::filesystem::path& file, const RasterInfo& info) {
  Scene scene;
  scene.name = file.stem().string();
  scene.files = {{info.name, info.width, info.height, static_cast<int>(info.bands.size())}};
  scene.width = info.width;
  scene.height = info.height;
  scene.map_from_pixel = info.map_from_pixel.value_or(GeoTransform{0, 1, 0, 0, 0, 1});
  scene.crs_wkt = info.map_from_pixel ? info.crs_wkt : "";
  scene.bands = info.bands;
  return scene;
}

std::vector<int> bands_to_show(const RasterInfo& info, const GroundLook& look) {
  const std::vector<int> bands = choose_bands(info.bands, look.bands);
  if (!bands.empty()) return bands;
  std::vector<std::string> names;
  for (const BandInfo& band : info.bands) names.push_back(band.name);
  fail(ErrorKind::input, "{} has no bands {}; it has {}. Name others with --bands", info.name,
       join(look.bands, ", "), join(names, ", "));
}

// Of a position outside [0, count) that inside which it is the mirror image of.
int mirrored_into(int position, int count) {
  const int period = 2 * count;
  const int place = ((position % period) + period) % period;
  return place < count ? place : period - 1 - place;
}

PixelWindow inner_part(const PixelWindow& window, const Scene& scene) {
  const int x = std::clamp(window.x, 0, scene.width - 1);
  const int y = std::clamp(window.y, 0, scene.height - 1);
  return {x, y, std::clamp(window.x + window.width, x + 1, scene.width) - x,
          std::clamp(window.y + window.height, y + 1, scene.height) - y};
}

// `inside` shows the part of the square that lies in the scene.
ShownGround filled_out(const ShownGround& inside, const PixelWindow& square,
                       const PixelWindow& part) {
  ShownGround whole{{square.width, square.height, 3, {}}, {}};
  whole.picture.pixels.resize(std::size_t{3} * static_cast<std::size_t>(square.width) *
                              static_cast<std::size_t>(square.height));
  whole.valid.resize(whole.picture.pixels.size() / 3);
  for (int y = 0; y < square.height; ++y) {
    const int from_y = mirrored_into(square.y + y - part.y, part.height);
    for (int x = 0; x < square.width; ++x) {
      const int at_x = square.x + x - part.x;
      const int from_x = mirrored_into(at_x, part.width);
      std::memcpy(whole.picture.row(y) + std::ptrdiff_t{3} * x,
                  inside.picture.row(from_y) + std::ptrdiff_t{3} * from_x, 3);
      const bool there = from_x == at_x && from_y == square.y + y - part.y;
      const auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(square.width) +
                         static_cast<std::size_t>(x);
      const auto from = static_cast<std::size_t>(from_y) * static_cast<std::size_t>(part.width) +
                        static_cast<std::size_t>(from_x);
      whole.valid[pixel] = there ? inside.valid[from] : std::uint8_t{0};
    }
  }
  return whole;
}

// Enlarged smoothly; of many pixels in one, the mean.
Resampling resampling_for(const PixelWindow& window, int width) {
  return 2 * width < window.width ? Resampling::average : Resampling::bilinear;
}

}  // namespace

struct Ground::State {
  std::vector<Scene> scenes;
  std::vector<std::vector<int>> bands;  // shown, of each scene
  std::vector<BandStretch> stretches;
  mutable tbb::enumerable_thread_specific<SceneReader> readers;

  void add(const std::filesystem::path& file, const GroundLook& look) {
    Raster raster = Raster::open(file.string());
    raster.declare(with_rule(raster.info().bands, look.data, &raster));
    bands.push_back(bands_to_show(raster.info(), look));
    scenes.push_back(plain_scene(file, raster.info()));
  }

  [[nodiscard]] std::vector<BandStretch> stretches_by(const GroundLook& look) const {
    if (!look.stretches.empty()) return look.stretches;
    std::vector<const Scene*> all;
    for (const Scene& scene : scenes) all.push_back(&scene);
    return stretches_of(look.stretch, bands.front(), all);
  }

  [[nodiscard]] ShownGround read(std::size_t index, const PixelWindow& window, int width,
                                 int height) const {
    const Scene& scene = scenes.at(index);
    const bool resized = width != window.width || height != window.height;
    auto read = readers.local().read(
        scene, {window, bands[index], bands[index], width, height,
                resized ? resampling_for(window, width) : Resampling::nearest});
    if (const auto* skipped = std::get_if<Skipped>(&read))
      fail(ErrorKind::format, "{} is damaged: {}; get it anew, or leave it out", scene.gdal_name(),
           skipped->reason);
    auto& patch = std::get<Patch>(read);
    Look look{{}, stretches};
    for (std::size_t i = 0; i < patch.bands.size(); ++i) look.bands.push_back(i);
    return {show(patch, look), std::move(patch.valid)};
  }
};

GroundLook shown_as(GroundLook learned, const GroundLook& asked) {
  learned.data = asked.data;
  if (!asked.bands.empty()) learned.bands = asked.bands;
  if (asked.stretch != StretchRule{}) {
    learned.stretches.clear();
    learned.stretch = asked.stretch;
  }
  return learned;
}

Ground::Ground(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ground::~Ground() = default;
Ground::Ground(Ground&&) noexcept = default;
Ground& Ground::operator=(Ground&&) noexcept = default;

Ground Ground::open(const std::vector<std::filesystem::path>& inputs, const GroundLook& look) {
  auto state = std::make_unique<State>();
  for (const std::filesystem::path& input : inputs) {
    const std::size_t before = state->scenes.size();
    const bool folder = std::filesystem::is_directory(input);
    for (const std::filesystem::path& file : files_to_scan({input})) {
      if (folder && raster_format(file.string()).empty()) {
        log_info("{} is no raster; passed over", file.string());
        continue;
      }
      state->add(file, look);
    }
    if (state->scenes.size() == before)
      fail(ErrorKind::input, "{} holds no raster and no picture", input.string());
  }
  state->stretches = state->stretches_by(look);
  return Ground(std::move(state));
}

const std::vector<Scene>& Ground::scenes() const {
  return state_->scenes;
}

Json Ground::facts(std::size_t scene) const {
  return shown_facts(state_->scenes.at(scene), state_->bands.at(scene), state_->stretches);
}

const std::vector<BandStretch>& Ground::stretches() const {
  return state_->stretches;
}

ShownGround Ground::read(std::size_t scene, const PixelWindow& square, int side) const {
  const PixelWindow part = inner_part(square, state_->scenes.at(scene));
  if (part == square) return state_->read(scene, square, side, side);
  expect(side == square.width, "windows past the edge keep their pixels");
  return filled_out(state_->read(scene, part, part.width, part.height), square, part);
}

ShownGround Ground::read(std::size_t scene, const PixelWindow& window) const {
  return state_->read(scene, window, window.width, window.height);
}

ShownGround Ground::overview(std::size_t index, int side) const {
  const Scene& scene = state_->scenes.at(index);
  const double scale = std::min(1.0, double(side) / std::max(scene.width, scene.height));
  const auto scaled = [&](int pixels) {
    return std::max(1, static_cast<int>(std::lround(pixels * scale)));
  };
  return state_->read(index, {0, 0, scene.width, scene.height}, scaled(scene.width),
                      scaled(scene.height));
}

}  // namespace skyglot
