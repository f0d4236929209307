// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_reader.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "imagery/remote_file.hpp"
#include "raster/gdal.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <list>
#include <optional>
#include <thread>

namespace skyglot {
namespace {

// Bands of a request that lie together in one file and in the patch.
struct Run {
  const SceneFile* file = nullptr;
  std::size_t first_band = 0;  // of the file among the scene's, from 0
  std::vector<int> bands;      // of the file, from 1
  std::size_t at = 0;          // the first one's place in the request
};

std::vector<Run> runs_of(const Scene& scene, const std::vector<int>& bands) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    auto band = bands[i];
    std::size_t first_band = 0;
    auto file = scene.files.begin();
    while (file != scene.files.end() && band > file->bands) {
      band -= file->bands;
      first_band += static_cast<std::size_t>(file->bands);
      ++file;
    }
    expect(file != scene.files.end() && band > 0, "a scene's bands lie in its files");
    if (runs.empty() || runs.back().file != &*file)
      runs.push_back({.file = &*file, .first_band = first_band, .bands = {}, .at = i});
    runs.back().bands.push_back(band);
  }
  return runs;
}

bool is_real(const BandInfo& band) {
  return band.type == SampleType::f32 || band.type == SampleType::f64;
}

// The request in the file's own pixels.
Raster::ReadRequest in_file(const Scene& scene, const SceneFile& file,
                            const SceneReader::Request& request) {
  Raster::ReadRequest read{.window = request.window,
                           .bands = {},
                           .out_width = request.out_width,
                           .out_height = request.out_height,
                           .resampling = request.resampling};
  if (file.width == scene.width && file.height == scene.height) return read;
  const double column = static_cast<double>(file.width) / scene.width;
  const double row = static_cast<double>(file.height) / scene.height;
  const PixelWindow& w = request.window;
  const Box edges{w.x * column, w.y * row, (w.x + w.width) * column, (w.y + w.height) * row};
  const int x = std::min(static_cast<int>(edges.min_x + 1e-6), file.width - 1);
  const int y = std::min(static_cast<int>(edges.min_y + 1e-6), file.height - 1);
  read.window = {x, y, std::min(static_cast<int>(std::ceil(edges.max_x - 1e-6)), file.width) - x,
                 std::min(static_cast<int>(std::ceil(edges.max_y - 1e-6)), file.height) - y};
  read.edges = edges;
  return read;
}

PatchSamples samples_for(const Scene& scene, const std::vector<int>& bands, std::size_t pixels) {
  bool bytes = true;
  bool words = true;
  for (const int number : bands) {
    const BandInfo& band = scene.band(number);
    const bool plain = band.scale == 1 && band.offset == 0;
    bytes = bytes && plain && band.type == SampleType::u8;
    words = words && plain && (band.type == SampleType::u8 || band.type == SampleType::u16);
  }
  const std::size_t count = pixels * bands.size();
  if (bytes) return std::vector<std::uint8_t>(count);
  if (words) return std::vector<std::uint16_t>(count);
  return std::vector<float>(count);
}

template <typename T>
bool fits(double value) {
  if constexpr (std::is_floating_point_v<T>)
    return std::abs(value) <= double{std::numeric_limits<T>::max()};
  else
    return value >= 0 && value <= double{std::numeric_limits<T>::max()} &&
           value == std::floor(value);
}

// Marks what holds data by the samples themselves, before scale and offset.
template <typename T>
void mark_valid(std::span<const T> plane, const BandInfo& band, std::span<std::uint8_t> valid) {
  const bool check = band.nodata && fits<T>(*band.nodata);
  const T none = check ? static_cast<T>(*band.nodata) : T{};
  for (std::size_t i = 0; i < plane.size(); ++i) {
    bool data = !check || plane[i] != none;
    if constexpr (std::is_floating_point_v<T>) data = data && std::isfinite(plane[i]);
    if (data) valid[i] = 1;
  }
}

void scale_values(std::span<float> plane, const BandInfo& band) {
  if (band.scale == 1 && band.offset == 0) return;
  for (float& value : plane) value = static_cast<float>(double{value} * band.scale + band.offset);
}

Patch empty_patch(const Scene& scene, const SceneReader::Request& request) {
  Patch patch;
  patch.width = request.out_width;
  patch.height = request.out_height;
  for (const int number : request.bands) {
    const BandInfo& band = scene.band(number);
    patch.bands.push_back({band.name, band.wavelength_um, band.bits});
  }
  patch.samples = samples_for(scene, request.bands, patch.pixels());
  const PixelWindow& w = request.window;
  const double column = static_cast<double>(w.width) / request.out_width;
  const double row = static_cast<double>(w.height) / request.out_height;
  const GeoTransform& t = scene.map_from_pixel;
  const Point corner = map_from_pixel(t, {static_cast<double>(w.x), static_cast<double>(w.y)});
  patch.map_from_pixel = {corner.x, t[1] * column, t[2] * row, corner.y, t[4] * column, t[5] * row};
  patch.crs = scene.crs_wkt;
  patch.date = scene.date;
  patch.gsd_m = scene.gsd_m * std::sqrt(column * row);
  return patch;
}

void wait(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    check_interrupt();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

bool is_remote(const std::string& gdal_name) {
  return gdal_name.starts_with("/vsi") || gdal_name.starts_with("EEDAI:");
}

[[noreturn]] void fail_scene(const Scene& scene, const SceneFile& file, const std::string& what) {
  fail(ErrorKind::io,
       "cannot read scene {} of collection {} ({}): {}. See that its folder is mounted or its "
       "server answers and give the same command again; if the imagery has moved or changed, "
       "catalogue it again",
       scene.name, scene.collection_code, file.gdal_name, what);
}

// What a try came to that did not bring the pixels.
struct Unreachable {
  const SceneFile* file;
  std::string why;
};
struct Damaged {
  const SceneFile* file;
};

}  // namespace

struct SceneReader::State {
  ReaderLimits limits;
  std::list<std::pair<std::string, Raster>> open;  // most recent first

  Raster& raster_of(const Scene& scene, const Run& run);
  void forget(const Scene& scene);
  void read_run(const Scene& scene, const Run& run, const Request& request, Patch& patch);
  void read_valid(const Scene& scene, const Request& request, Patch& patch);
  Patch read(const Scene& scene, const Request& request);
  template <typename Read>
  void guarded(const Raster& raster, const Run& run, const Raster::ReadRequest& request,
               const Read& read);
};

SceneReader::SceneReader(const ReaderLimits& limits)
    : state_(std::make_unique<State>(State{limits, {}})) {}
SceneReader::~SceneReader() = default;

Raster& SceneReader::State::raster_of(const Scene& scene, const Run& run) {
  const SceneFile& file = *run.file;
  const auto found =
      std::ranges::find_if(open, [&](const auto& entry) { return entry.first == file.gdal_name; });
  if (found != open.end()) {
    open.splice(open.begin(), open, found);
    return open.front().second;
  }
  std::optional<Raster> raster;
  try {
    raster = Raster::open(file.gdal_name);
  } catch (const Error& error) {
    throw Unreachable{&file, error.what()};
  }
  const RasterInfo& info = raster->info();
  if (info.width != file.width || info.height != file.height ||
      static_cast<int>(info.bands.size()) != file.bands)
    fail_scene(scene, file, "it is not the raster it was when it was catalogued");
  const auto first = scene.bands.begin() + static_cast<std::ptrdiff_t>(run.first_band);
  raster->declare({first, first + file.bands});
  while (static_cast<int>(open.size()) >= limits.open_files) open.pop_back();
  open.emplace_front(file.gdal_name, std::move(*raster));
  return open.front().second;
}

void SceneReader::State::forget(const Scene& scene) {
  for (const SceneFile& file : scene.files) {
    open.remove_if([&](const auto& entry) { return entry.first == file.gdal_name; });
    forget_remote_file(file.gdal_name);
  }
}

// A failure to read is the file's fault only if the bytes behind the window can be had.
template <typename Read>
void SceneReader::State::guarded(const Raster& raster, const Run& run,
                                 const Raster::ReadRequest& request, const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::format) throw;
    forget_remote_file(run.file->gdal_name);
    if (raster.bytes_arrive(request)) throw Damaged{run.file};
    throw Unreachable{run.file, error.what()};
  }
}

void SceneReader::State::read_run(const Scene& scene, const Run& run, const Request& request,
                                  Patch& patch) {
  const Raster& raster = raster_of(scene, run);
  Raster::ReadRequest read = in_file(scene, *run.file, request);
  read.bands = run.bands;
  const std::size_t pixels = patch.pixels();
  std::visit(
      [&](auto& samples) {
        using T = typename std::remove_cvref_t<decltype(samples)>::value_type;
        const std::span<T> planes =
            std::span<T>(samples).subspan(run.at * pixels, run.bands.size() * pixels);
        guarded(raster, run, read, [&] { raster.read<T>(read, planes); });
      },
      patch.samples);
}

// Nodata shows in the samples themselves; only masks, resampled samples and values that a sample of
// the patch cannot have need a second read.
void SceneReader::State::read_valid(const Scene& scene, const Request& request, Patch& patch) {
  const auto says_nothing = [&](int number) {
    const BandInfo& band = scene.band(number);
    return !band.has_mask && !band.nodata && !is_real(band);
  };
  if (request.judged.empty() || std::ranges::any_of(request.judged, says_nothing)) {
    patch.valid.assign(patch.pixels(), 1);
    return;
  }
  patch.valid.assign(patch.pixels(), 0);
  const bool copied = request.resampling == Resampling::nearest;
  for (const int number : request.judged) {
    const BandInfo& band = scene.band(number);
    const auto in_patch = std::ranges::find(request.bands, number);
    const bool real_range = !band.nodata || std::isnan(*band.nodata) || fits<float>(*band.nodata);
    if (!band.has_mask && copied && in_patch != request.bands.end() && real_range) {
      const auto at = static_cast<std::size_t>(in_patch - request.bands.begin()) * patch.pixels();
      std::visit(
          [&](const auto& samples) {
            using T = typename std::remove_cvref_t<decltype(samples)>::value_type;
            mark_valid<T>(std::span<const T>(samples).subspan(at, patch.pixels()), band,
                          patch.valid);
          },
          patch.samples);
      continue;
    }
    const Run run = runs_of(scene, {number}).front();
    const Raster& raster = raster_of(scene, run);
    Raster::ReadRequest read = in_file(scene, *run.file, request);
    read.bands = run.bands;
    std::vector<std::uint8_t> valid(patch.pixels());
    guarded(raster, run, read, [&] { raster.read_valid(read, valid); });
    for (std::size_t i = 0; i < valid.size(); ++i) patch.valid[i] |= valid[i];
  }
}

Patch SceneReader::State::read(const Scene& scene, const Request& request) {
  Patch patch = empty_patch(scene, request);
  for (const Run& run : runs_of(scene, request.bands)) read_run(scene, run, request, patch);
  read_valid(scene, request, patch);
  if (auto* values = std::get_if<std::vector<float>>(&patch.samples))
    for (std::size_t i = 0; i < request.bands.size(); ++i)
      scale_values(std::span(*values).subspan(i * patch.pixels(), patch.pixels()),
                   scene.band(request.bands[i]));
  return patch;
}

std::variant<Patch, Skipped> SceneReader::read(const Scene& scene, const Request& request) {
  const std::vector<double>& waits = state_->limits.waits_s;
  std::size_t damaged = 0;
  for (std::size_t attempt = 0;;) {
    try {
      return state_->read(scene, request);
    } catch (const Damaged& fault) {
      // A server may have come back between the read and the look at its bytes.
      if (damaged++ >= waits.size() || !is_remote(fault.file->gdal_name))
        return Skipped{"unreadable"};
      state_->forget(scene);
    } catch (const Unreachable& fault) {
      state_->forget(scene);
      if (attempt >= waits.size() || !is_remote(fault.file->gdal_name))
        fail_scene(scene, *fault.file, fault.why);
      const double seconds = std::max(waits[attempt++], wished_wait_s(fault.file->gdal_name));
      if (seconds > state_->limits.longest_wait_s) fail_scene(scene, *fault.file, fault.why);
      log_warning("scene {} cannot be reached ({}); trying again in {} s", scene.name, fault.why,
                  seconds);
      wait(seconds);
    }
  }
}

}  // namespace skyglot
