// SPDX-License-Identifier: Apache-2.0
#include "imagery/chip_cutter.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "imagery/scene_plane.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// Windows are limited so that a wild request cannot ask for all memory.
constexpr int kMaxSide = 16'384;
constexpr int kFarthest = 1 << 30;

using Cut = std::variant<Patch, Skipped>;
using Part = AlignedScenes::Part;

bool is_sane(const ChipCutter::Request& request) {
  const PixelWindow& w = request.window;
  return w.width > 0 && w.height > 0 && w.width <= kMaxSide && w.height <= kMaxSide &&
         std::abs(w.x) < kFarthest && std::abs(w.y) < kFarthest && request.width >= 0 &&
         request.height >= 0 && request.width <= kMaxSide && request.height <= kMaxSide;
}

bool is_whole(const Part& part, const PixelWindow& window) {
  return part.x == 0 && part.y == 0 && part.window.width == window.width &&
         part.window.height == window.height;
}

// Whether the parts cover the window: counted in a mask, since there are few and they are large.
bool cover(const std::vector<Part>& parts, const PixelWindow& window) {
  if (parts.empty()) return false;
  if (is_whole(parts.front(), window)) return true;
  const auto width = static_cast<std::size_t>(window.width);
  std::vector<std::uint8_t> covered(width * static_cast<std::size_t>(window.height));
  for (const Part& part : parts)
    for (int y = part.y; y < part.y + part.window.height; ++y)
      std::fill_n(covered.begin() +
                      static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * width) + part.x,
                  part.window.width, std::uint8_t{1});
  return std::ranges::count(covered, std::uint8_t{0}) == 0;
}

void set_sides(ChipCutter::Request& request, double scale) {
  const auto scaled = [scale](int side) {
    return static_cast<int>(std::clamp(std::lround(side / scale), 1L, long{kMaxSide}));
  };
  if (request.width == 0) request.width = scaled(request.window.width);
  if (request.height == 0) request.height = scaled(request.window.height);
}

Resampling resampling_for(const ChipCutter::Request& request) {
  const PixelWindow& w = request.window;
  if (request.width == w.width && request.height == w.height) return Resampling::nearest;
  return request.width < w.width ? Resampling::average : Resampling::cubic;
}

// Copies what `part` has and `whole` lacks.
template <typename T>
void fill_from(const Patch& part, const std::vector<T>& from, const Part& place, Patch& whole) {
  auto& to = std::get<std::vector<T>>(whole.samples);
  for (int y = 0; y < part.height; ++y)
    for (int x = 0; x < part.width; ++x) {
      const auto source = static_cast<std::size_t>(y * part.width + x);
      const auto target = static_cast<std::size_t>((y + place.y) * whole.width + x + place.x);
      if (part.valid[source] == 0 || whole.valid[target] != 0) continue;
      whole.valid[target] = 1;
      for (std::size_t band = 0; band < whole.bands.size(); ++band)
        to[band * whole.pixels() + target] = from[band * part.pixels() + source];
    }
}

}  // namespace

void CutLimits::validate() const {
  std::vector<std::string> problems;
  if (!(max_nodata_fraction >= 0 && max_nodata_fraction <= 1))
    problems.emplace_back("the largest nodata fraction must lie between 0 and 1");
  if (reader.open_files < 1) problems.emplace_back("at least one file must be open");
  if (!problems.empty()) fail(ErrorKind::usage, "{}", join(problems, "; "));
}

struct ChipCutter::State {
  const ImageryCatalogue& catalogue;
  const AlignedScenes& aligned;
  CutLimits limits;
  SceneReader reader;

  [[nodiscard]] const std::vector<int>& bands_of(const Collection& collection) const {
    return limits.every_band ? collection.bands : collection.rgb_bands;
  }
  Cut read(const Part& part, const Request& request, Resampling resampling);
  Cut joined(const std::vector<Part>& parts, const PixelWindow& window);
  Cut cut(const std::vector<Part>& parts, const Request& request);
};

ChipCutter::ChipCutter(const ImageryCatalogue& catalogue, const AlignedScenes& aligned,
                       const CutLimits& limits) {
  limits.validate();
  state_.reset(new State{catalogue, aligned, limits, SceneReader(limits.reader)});
}
ChipCutter::~ChipCutter() = default;

const std::vector<int>& ChipCutter::bands_of(const Collection& collection) const {
  return state_->bands_of(collection);
}

Cut ChipCutter::State::read(const Part& part, const Request& sides, Resampling resampling) {
  const Scene& scene = catalogue.scenes[part.scene];
  const Collection& collection = catalogue.collection(scene.collection_code);
  return reader.read(scene, {.window = part.window,
                             .bands = bands_of(collection),
                             .judged = collection.rgb_bands,
                             .out_width = sides.width,
                             .out_height = sides.height,
                             .resampling = resampling});
}

// Scene by scene until nothing is missing; the first has the last word.
Cut ChipCutter::State::joined(const std::vector<Part>& parts, const PixelWindow& window) {
  Patch whole;
  for (const Part& part : parts) {
    Request sides;
    sides.width = part.window.width;
    sides.height = part.window.height;
    Cut piece = read(part, sides, Resampling::nearest);
    if (std::holds_alternative<Skipped>(piece)) return piece;
    auto& patch = std::get<Patch>(piece);
    if (whole.bands.empty()) {
      whole = patch;
      whole.width = window.width;
      whole.height = window.height;
      whole.valid.assign(whole.pixels(), 0);
      std::visit([&](auto& samples) { samples.assign(whole.pixels() * whole.bands.size(), {}); },
                 whole.samples);
      const Point corner = map_from_pixel(patch.map_from_pixel, {-1.0 * part.x, -1.0 * part.y});
      whole.map_from_pixel[0] = corner.x;
      whole.map_from_pixel[3] = corner.y;
    }
    if (whole.samples.index() != patch.samples.index()) continue;
    std::visit([&](const auto& samples) { fill_from(patch, samples, part, whole); }, patch.samples);
    if (whole.missing() == 0) break;
  }
  return whole;
}

Cut ChipCutter::State::cut(const std::vector<Part>& parts, const Request& request) {
  const Resampling resampling = resampling_for(request);
  if (is_whole(parts.front(), request.window)) {
    Cut whole = read(parts.front(), request, resampling);
    const auto* patch = std::get_if<Patch>(&whole);
    if (patch == nullptr || parts.size() == 1 || patch->missing() == 0) return whole;
  }
  Cut whole = joined(parts, request.window);
  auto* patch = std::get_if<Patch>(&whole);
  if (patch == nullptr || resampling == Resampling::nearest) return whole;
  const double gsd_m = patch->gsd_m * request.window.width / request.width;
  whole = resampled(*patch, request.width, request.height, resampling);
  std::get<Patch>(whole).gsd_m = gsd_m;
  return whole;
}

Cut ChipCutter::cut(const Request& asked) {
  if (!is_sane(asked)) return Skipped{"outside_scene"};
  const std::vector<Part> parts = state_->aligned.parts(asked.scene, asked.window);
  if (!cover(parts, asked.window)) return Skipped{"outside_scene"};
  const Scene& scene = state_->catalogue.scenes.at(asked.scene);
  Request request = asked;
  set_sides(request, chip_scale(state_->catalogue.collection(scene.collection_code), scene));
  Cut cut = state_->cut(parts, request);
  const auto* patch = std::get_if<Patch>(&cut);
  if (patch != nullptr &&
      static_cast<double>(patch->missing()) >
          state_->limits.max_nodata_fraction * static_cast<double>(patch->pixels()))
    return Skipped{"nodata"};
  return cut;
}

}  // namespace skyglot
