// SPDX-License-Identifier: Apache-2.0
#include "search/index_sources.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"
#include "imagery/bands.hpp"
#include "imagery/scan.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

bool has_ending(const fs::path& file, std::initializer_list<std::string_view> endings) {
  const std::string ending = to_lower(file.extension().string());
  return std::ranges::find(endings, ending) != endings.end();
}

bool is_picture_name(const fs::path& file) {
  return has_ending(file, {".jpg", ".jpeg", ".png"});
}

// GeoPackages are catalogues, or tables of an index that lies among the rasters.
bool is_raster(const fs::path& file) {
  return !has_ending(file, {".gpkg"}) && !raster_format(file.string()).empty();
}

// Whether a picture file says where it lies.
bool has_place(const fs::path& file) {
  const RasterInfo info = Raster::open(file.string()).info();
  return info.map_from_pixel && !info.crs_wkt.empty();
}

bool holds_rasters(const fs::path& folder) {
  if (fs::exists(folder / "dataset.json")) return false;
  const auto files = files_to_scan({folder});
  return std::ranges::any_of(files, [](const fs::path& file) {
    return !is_picture_name(file) && !has_ending(file, {".tar"}) && is_raster(file);
  });
}

// A raster with the collection it would make by itself.
struct LookedAt {
  Scene scene;
  Collection collection;
  std::string problem;  // why it is left out; empty: fine
};

// The advice of cataloguing, but for the option that only it has.
std::string why_left_out(const std::string& reason) {
  if (reason == "no_crs")
    return "it has no coordinate reference system; catalogue it with 'skyglot imagery scan --crs "
           "EPSG:...' and index the catalogue";
  const std::string advice = skip_advice(reason);
  return advice.empty() ? reason : advice;
}

LookedAt look_at(const fs::path& file, const RasterLook& look) {
  LookedAt result;
  try {
    Raster raster = Raster::open(file.string());
    auto outcome =
        describe_scene(raster, file.stem().string(), {.bands = look.bands, .data = look.data});
    if (const auto* skipped = std::get_if<Skipped>(&outcome)) {
      result.problem = fmt::format("{}: {}", file.string(), why_left_out(skipped->reason));
      return result;
    }
    probe_pixels(raster);
    result.scene = std::move(std::get<Scene>(outcome));
    Collection& collection = result.collection;
    collection.name = "rasters";
    collection.rgb_bands = choose_bands(result.scene.bands, look.bands);
    collection.bands = collection.rgb_bands;
    collection.stretches = stretches_of(look.stretch, collection.rgb_bands, {&result.scene});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage || error.kind() == ErrorKind::internal) throw;
    result.problem = error.what();
  }
  return result;
}

class SourceReader {
 public:
  SourceReader(const RasterLook& look, int threads) : look_(look), threads_(threads) {}

  void add(const fs::path& source) {
    if (!fs::exists(source))
      fail(ErrorKind::input, "nothing to index at {}: no such file or folder", source.string());
    if (fs::is_directory(source))
      add_folder(source);
    else if (has_ending(source, {".gpkg"}))
      add_catalogue(source);
    else if (is_raster(source) && (!is_picture_name(source) || has_place(source)))
      rasters_.push_back(source);
    else if (is_picture_name(source) || has_ending(source, {".tar", ".csv", ".tsv", ".txt"}))
      add_pictures(source);
    else
      fail(ErrorKind::input,
           "{} is no raster; an index is made of catalogues (.gpkg), rasters, folders of them, and "
           "pictures in folders, tars and lists",
           source.string());
  }

  [[nodiscard]] IndexSources finish() && {
    add_rasters();
    auto& scenes = sources_.catalogue.scenes;
    // A file is one scene, that of the source named first, whatever other collections say of it.
    std::set<std::string> known;
    std::erase_if(scenes, [&](const Scene& one) { return !known.insert(one.gdal_name()).second; });
    std::ranges::sort(scenes, {}, [](const Scene& scene) {
      return std::tie(scene.collection_code, scene.gdal_name());
    });
    std::int64_t fid = 0;
    for (Scene& scene : scenes) scene.fid = ++fid;
    sources_.aligned = AlignedScenes(sources_.catalogue);
    std::ranges::sort(sources_.catalogue.collections, {}, &Collection::code);
    std::ranges::sort(sources_.pictures);
    const auto repeated = std::ranges::unique(sources_.pictures);
    sources_.pictures.erase(repeated.begin(), repeated.end());
    return std::move(sources_);
  }

 private:
  void add_folder(const fs::path& folder) {
    if (!holds_rasters(folder)) return add_pictures(folder);
    rasters_.push_back(folder);
  }

  void add_pictures(const fs::path& path) {
    const fs::path whole = fs::absolute(path).lexically_normal();
    sources_.pictures.push_back(whole.has_filename() ? whole : whole.parent_path());
  }

  void add_catalogue(const fs::path& path) {
    ImageryCatalogue read = read_catalogue(path);
    if (read.scenes.empty()) fail(ErrorKind::input, "{} holds no scene", path.string());
    auto& known = sources_.catalogue.collections;
    for (Collection& collection : read.collections) {
      const auto same = std::ranges::find(known, collection.code, &Collection::code);
      if (same == known.end())
        known.push_back(std::move(collection));
      else if (same->rgb_bands != collection.rgb_bands || same->stretches != collection.stretches)
        fail(ErrorKind::input,
             "{} and a catalogue named before it show the collection {} in two ways; index them "
             "one by one",
             path.string(), collection.code);
    }
    std::ranges::move(read.scenes, std::back_inserter(sources_.catalogue.scenes));
  }

  void add_rasters() {
    if (rasters_.empty()) return;
    std::vector<fs::path> files = files_to_scan(rasters_);
    std::erase_if(files, [](const fs::path& file) { return !is_raster(file); });
    std::size_t drawn = 0;
    Progress progress("rasters", files.size());
    const auto next = [&]() -> std::optional<fs::path> {
      return drawn < files.size() ? std::optional(files[drawn++]) : std::nullopt;
    };
    std::size_t used = 0;
    run_pipeline(
        {.threads = threads_, .in_flight = 2 * static_cast<std::size_t>(threads_)}, next,
        [&](const fs::path& file) { return look_at(file, look_); },
        [&](LookedAt one) {
          progress.advance();
          used += one.problem.empty() ? 1 : 0;
          keep(std::move(one));
        });
    if (used == 0)
      fail(ErrorKind::input, "{} holds no raster that can be indexed", rasters_.front().string());
  }

  void keep(LookedAt one) {
    if (!one.problem.empty()) return log_warning("left out: {}", one.problem);
    one.scene.collection_code = code_for(one.collection);
    sources_.catalogue.scenes.push_back(std::move(one.scene));
  }

  // Of the collection that looks like this one.
  std::string code_for(Collection& wanted) {
    auto& known = sources_.catalogue.collections;
    for (const std::string& code : raster_codes_) {
      const Collection& other = sources_.catalogue.collection(code);
      if (other.rgb_bands == wanted.rgb_bands && other.stretches == wanted.stretches) return code;
    }
    do wanted.code = next_code();
    while (std::ranges::count(known, wanted.code, &Collection::code) > 0);
    raster_codes_.push_back(wanted.code);
    known.push_back(wanted);
    return wanted.code;
  }

  std::string next_code() {
    constexpr std::string_view kCodeDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (next_code_ == kCodeDigits.size() * kCodeDigits.size())
      fail(ErrorKind::input,
           "the rasters have more stretches of their own than an index tells apart; catalogue them "
           "with 'skyglot imagery scan' and index the catalogue");
    const std::size_t code = next_code_++;
    return {kCodeDigits[code / kCodeDigits.size()], kCodeDigits[code % kCodeDigits.size()]};
  }

  const RasterLook& look_;
  int threads_;
  IndexSources sources_{};
  std::vector<fs::path> rasters_{};
  std::vector<std::string> raster_codes_{};
  std::size_t next_code_ = 0;
};

}  // namespace

IndexSources read_index_sources(const std::vector<fs::path>& sources, const RasterLook& look,
                                int threads) {
  SourceReader reader(look, threads);
  for (const fs::path& source : sources) reader.add(source);
  return std::move(reader).finish();
}

}  // namespace skyglot
