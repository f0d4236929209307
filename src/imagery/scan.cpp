// SPDX-License-Identifier: Apache-2.0
#include "imagery/scan.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"
#include "imagery/capture_date.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

bool is_sidecar(const fs::path& path) {
  constexpr std::array kEndings{".aux.xml", ".ovr", ".msk", ".tfw", ".jgw", ".pgw",
                                ".wld",     ".prj", ".hdr", ".j2w", ".bpw"};
  const std::string name = to_lower(path.filename().string());
  return std::ranges::any_of(kEndings, [&](const char* e) { return name.ends_with(e); });
}

void add_folder(const fs::path& folder, std::vector<fs::path>& files) {
  std::error_code code;
  for (fs::recursive_directory_iterator it(folder,
                                           fs::directory_options::follow_directory_symlink |
                                               fs::directory_options::skip_permission_denied,
                                           code);
       it != fs::recursive_directory_iterator(); it.increment(code)) {
    constexpr int kDeepest = 64;  // a ring of links ends here
    if (code) break;
    if (it->is_directory(code)) {
      if (is_hidden(it->path()) || it.depth() >= kDeepest) it.disable_recursion_pending();
    } else if (it->is_regular_file(code) && !is_hidden(it->path()) && !is_sidecar(it->path())) {
      files.push_back(fs::absolute(it->path()).lexically_normal());
    }
  }
  if (code) fail(ErrorKind::io, "cannot list folder {}: {}", folder.string(), code.message());
}

using Outcome = std::variant<Scene, Skipped>;

Outcome describe_file(const fs::path& file, const SceneOptions& options) {
  if (raster_format(file.string()).empty()) return Skipped{"not_a_raster"};
  try {
    Raster raster = Raster::open(file.string());
    Outcome outcome = describe_scene(raster, file.stem().string(), options);
    if (std::holds_alternative<Scene>(outcome)) probe_pixels(raster);
    return outcome;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    log_warning("{}", error.what());
    return Skipped{"unreadable"};
  }
}

std::string advice(const std::string& reason) {
  static const std::map<std::string, std::string> kAdvice{
      {"no_crs", "it has no coordinate reference system; --crs EPSG:... gives it one"},
      {"no_geotransform", "nothing says where its pixels lie (no geotransform or world file)"},
      {"no_valid_pixels", "all its pixels are nodata"},
      {"no_bands", "it has no bands of its own"},
      {"other_bands", "it lacks the bands of the collection"},
      {"outside_earth", "its coordinates lie outside its reference system"},
      {"around_pole", "its footprint runs around a pole; cut it into parts"}};
  const auto found = kAdvice.find(reason);
  return found == kAdvice.end() ? "" : found->second;
}

void warn(const fs::path& file, const std::string& reason) {
  if (const std::string text = advice(reason); !text.empty())
    log_warning("left out {}: {}", file.string(), text);
}

}  // namespace

void ScanOptions::validate() const {
  collection.validate();
  if (!scenes.date.empty() && parse_date(scenes.date) != scenes.date)
    fail(ErrorKind::usage, "--date {} is not a day such as 2021-06-01", scenes.date);
  if (!scenes.date_pattern.empty()) (void)date_from_pattern("", scenes.date_pattern);
  if (!scenes.crs.empty()) (void)CrsTransform(scenes.crs, kLonLat);
}

std::vector<fs::path> files_to_scan(const std::vector<fs::path>& inputs) {
  std::vector<fs::path> files;
  for (const fs::path& input : inputs) {
    if (fs::is_directory(input))
      add_folder(input, files);
    else if (fs::exists(input))
      files.push_back(fs::absolute(input).lexically_normal());
    else
      fail(ErrorKind::input, "cannot scan {}: no such file or folder", input.string());
  }
  std::ranges::sort(files);
  const auto doubles = std::ranges::unique(files);
  files.erase(doubles.begin(), doubles.end());
  return files;
}

CatalogueCounts scan_folders(const ScanOptions& options, ImageryCatalogue& catalogue) {
  options.validate();
  const std::vector<fs::path> files = files_to_scan(options.inputs);
  CatalogueCounts counts;
  std::vector<Scene> scenes;
  Progress progress("rasters", files.size());
  std::size_t drawn = 0;
  std::size_t delivered = 0;
  run_pipeline(
      PipelineLimits{.threads = options.threads,
                     .in_flight = 2 * static_cast<std::size_t>(options.threads)},
      [&]() -> std::optional<fs::path> {
        if (drawn == files.size()) return std::nullopt;
        return files[drawn++];
      },
      [&](const fs::path& file) { return describe_file(file, options.scenes); },
      [&](Outcome outcome) {
        const fs::path& file = files[delivered++];
        progress.advance();
        if (auto* scene = std::get_if<Scene>(&outcome)) {
          scenes.push_back(std::move(*scene));
          return;
        }
        const std::string& reason = std::get<Skipped>(outcome).reason;
        ++counts.skipped[reason];
        warn(file, reason);
      });
  std::vector<std::string> names;
  for (const fs::path& input : options.inputs)
    names.push_back(fs::absolute(input).lexically_normal().string());
  add_scenes(catalogue, options.collection, join(names, "; "), std::move(scenes), counts);
  return counts;
}

}  // namespace skyglot
