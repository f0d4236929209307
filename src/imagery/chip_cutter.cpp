// SPDX-License-Identifier: Apache-2.0
#include "imagery/chip_cutter.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cmath>
#include <list>

namespace skyglot {
namespace {

// Windows are limited so that a wild request cannot ask for all memory.
constexpr int kMaxSide = 16'384;

struct Planes {
  std::size_t size = 0;             // pixels of one band
  std::vector<std::uint8_t> bytes;  // one plane a band, for 8-bit samples shown as they are
  std::vector<float> values;        // the same for all others
};

bool inside(const Scene& scene, const PixelWindow& w) {
  return w.x >= 0 && w.y >= 0 && w.width > 0 && w.height > 0 && w.width <= scene.width - w.x &&
         w.height <= scene.height - w.y && w.width <= kMaxSide && w.height <= kMaxSide;
}

std::vector<BandInfo> shown_bands(const Raster& raster, const std::vector<int>& numbers) {
  std::vector<BandInfo> bands;
  for (const int number : numbers)
    bands.push_back(raster.info().bands.at(static_cast<std::size_t>(number - 1)));
  return bands;
}

Raster::ReadRequest request_for(const Scene& scene, const Collection& collection,
                                const PixelWindow& window) {
  constexpr double kSameGsd = 0.01;
  double scale = 1;
  if (collection.gsd_m && std::abs(scene.gsd_m / *collection.gsd_m - 1) > kSameGsd)
    scale = scene.gsd_m / *collection.gsd_m;
  const auto scaled = [scale](int side) {
    return static_cast<int>(std::clamp(std::lround(side * scale), 1L, long{kMaxSide}));
  };
  const Resampling resampling = scale == 1  ? Resampling::nearest
                                : scale < 1 ? Resampling::average
                                            : Resampling::cubic;
  return {window, collection.rgb_bands, scaled(window.width), scaled(window.height), resampling};
}

template <typename T>
void clear_where_data(std::span<const T> plane, std::optional<double> nodata,
                      std::vector<std::uint8_t>& missing) {
  const T none = static_cast<T>(nodata.value_or(0));
  const bool check = nodata.has_value() && !std::isnan(*nodata);
  for (std::size_t i = 0; i < plane.size(); ++i) {
    bool data = !check || plane[i] != none;
    if constexpr (std::is_floating_point_v<T>) data = data && std::isfinite(plane[i]);
    if (data) missing[i] = 0;
  }
}

bool nodata_fits(const BandInfo& band) {
  return !band.nodata ||
         (*band.nodata >= 0 && *band.nodata <= 255 && *band.nodata == std::floor(*band.nodata));
}

template <typename T>
std::size_t count_missing(const std::vector<T>& values, std::size_t plane,
                          const std::vector<BandInfo>& bands) {
  std::vector<std::uint8_t> missing(plane, 1);
  for (std::size_t band = 0; band < bands.size(); ++band)
    clear_where_data(std::span<const T>(values).subspan(band * plane, plane),
                     nodata_fits(bands[band]) || !std::is_same_v<T, std::uint8_t>
                         ? bands[band].nodata
                         : std::nullopt,
                     missing);
  return static_cast<std::size_t>(std::ranges::count(missing, std::uint8_t{1}));
}

std::uint8_t stretched(float value, const BandStretch& stretch) {
  const double scaled = (static_cast<double>(value) - stretch.low) / (stretch.high - stretch.low);
  // NaN fails the comparison and becomes black.
  return scaled > 0 ? static_cast<std::uint8_t>(std::lround(std::min(scaled, 1.0) * 255)) : 0;
}

// A picture from planes; one plane fills all three channels.
Picture interleaved(const Raster::ReadRequest& request, const Planes& planes,
                    const std::vector<BandStretch>& stretches) {
  Picture picture{.width = request.out_width, .height = request.out_height, .pixels = {}};
  picture.pixels.resize(planes.size * 3);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const std::size_t band = request.bands.size() == 1 ? 0 : channel;
    std::uint8_t* out = picture.pixels.data() + channel;
    if (!planes.bytes.empty()) {
      const std::uint8_t* in = planes.bytes.data() + band * planes.size;
      for (std::size_t i = 0; i < planes.size; ++i) out[3 * i] = in[i];
    } else {
      const BandStretch stretch = stretches.empty() ? BandStretch{} : stretches.at(band);
      const float* in = planes.values.data() + band * planes.size;
      for (std::size_t i = 0; i < planes.size; ++i) out[3 * i] = stretched(in[i], stretch);
    }
  }
  return picture;
}

// Standard deviation of the mean of the three channels.
double grey_deviation(const Picture& picture) {
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
    const std::uint64_t grey =
        std::uint64_t{picture.pixels[i]} + picture.pixels[i + 1] + picture.pixels[i + 2];
    sum += grey;
    squares += grey * grey;
  }
  const double count = static_cast<double>(picture.pixels.size()) / 3;
  const double mean = static_cast<double>(sum) / count;
  return std::sqrt(std::max(0.0, static_cast<double>(squares) / count - mean * mean)) / 3;
}

}  // namespace

void CutLimits::validate() const {
  std::vector<std::string> problems;
  if (!(max_nodata_fraction >= 0 && max_nodata_fraction <= 1))
    problems.emplace_back("the largest nodata fraction must lie between 0 and 1");
  if (!(min_deviation >= 0)) problems.emplace_back("the smallest deviation must not be negative");
  if (open_scenes < 1) problems.emplace_back("at least one scene must be open");
  if (!problems.empty()) fail(ErrorKind::usage, "{}", join(problems, "; "));
}

struct ChipCutter::State {
  const ImageryCatalogue& catalogue;
  CutLimits limits;
  std::list<std::pair<std::string, Raster>> open;  // most recent first

  Raster& raster_of(const Scene& scene);
  std::variant<Picture, Skipped> cut(const Scene& scene, const Raster::ReadRequest& request,
                                     const Collection& collection);
  static std::size_t missing_pixels(const Raster& raster, const Raster::ReadRequest& request,
                                    const Planes& planes);
};

ChipCutter::ChipCutter(const ImageryCatalogue& catalogue, const CutLimits& limits) {
  limits.validate();
  state_ = std::make_unique<State>(State{catalogue, limits, {}});
}
ChipCutter::~ChipCutter() = default;

Raster& ChipCutter::State::raster_of(const Scene& scene) {
  const auto found = std::ranges::find_if(
      open, [&](const auto& entry) { return entry.first == scene.gdal_name(); });
  if (found != open.end()) {
    open.splice(open.begin(), open, found);
    return open.front().second;
  }
  Raster raster = Raster::open(scene.gdal_name());
  const RasterInfo& info = raster.info();
  if (info.width != scene.width || info.height != scene.height ||
      info.bands.size() != scene.bands.size())
    fail(ErrorKind::input, "{} is not the raster it was when it was catalogued; scan it again",
         scene.gdal_name());
  while (static_cast<int>(open.size()) >= limits.open_scenes) open.pop_back();
  open.emplace_front(scene.gdal_name(), std::move(raster));
  return open.front().second;
}

// Nodata shows in the values themselves; only masks and alpha, and resampled values, need a
// second read.
std::size_t ChipCutter::State::missing_pixels(const Raster& raster,
                                              const Raster::ReadRequest& request,
                                              const Planes& planes) {
  const std::vector<BandInfo> bands = shown_bands(raster, request.bands);
  const bool masked = std::ranges::any_of(bands, &BandInfo::has_mask);
  const bool nodata =
      std::ranges::any_of(bands, [](const BandInfo& b) { return b.nodata.has_value(); });
  if (masked || (nodata && request.resampling != Resampling::nearest)) {
    std::vector<std::uint8_t> valid(planes.size);
    raster.read_valid(request, valid);
    return static_cast<std::size_t>(std::ranges::count(valid, std::uint8_t{0}));
  }
  if (!planes.values.empty()) return count_missing(planes.values, planes.size, bands);
  return nodata ? count_missing(planes.bytes, planes.size, bands) : 0;
}

std::variant<Picture, Skipped> ChipCutter::State::cut(const Scene& scene,
                                                      const Raster::ReadRequest& request,
                                                      const Collection& collection) {
  const Raster& raster = raster_of(scene);
  Planes planes;
  planes.size =
      static_cast<std::size_t>(request.out_width) * static_cast<std::size_t>(request.out_height);
  const std::size_t samples = checked_product(planes.size, request.bands.size(), "chip");
  const std::vector<BandInfo> bands = shown_bands(raster, request.bands);
  const bool as_they_are =
      collection.stretches.empty() &&
      std::ranges::all_of(bands, [](const BandInfo& band) { return band.type == SampleType::u8; });
  if (as_they_are) {
    planes.bytes.resize(samples);
    raster.read<std::uint8_t>(request, planes.bytes);
  } else {
    planes.values.resize(samples);
    raster.read<float>(request, planes.values);
  }
  const auto missing = static_cast<double>(missing_pixels(raster, request, planes));
  if (missing > limits.max_nodata_fraction * static_cast<double>(planes.size))
    return Skipped{"nodata"};
  Picture picture = interleaved(request, planes, collection.stretches);
  if (grey_deviation(picture) < limits.min_deviation) return Skipped{"uniform"};
  return picture;
}

std::variant<Picture, Skipped> ChipCutter::cut(const Scene& scene, const PixelWindow& window) {
  if (!inside(scene, window)) return Skipped{"outside_scene"};
  const Collection& collection = state_->catalogue.collection(scene.collection_code);
  try {
    return state_->cut(scene, request_for(scene, collection, window), collection);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
    return Skipped{"unreadable"};
  }
}

}  // namespace skyglot
