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
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

bool is_sidecar(const fs::path& path) {
  constexpr std::array kEndings{".aux.xml", ".aux", ".rrd",  ".ovr", ".msk",  ".tfw", ".tifw",
                                ".tiffw",   ".jgw", ".jpgw", ".pgw", ".pngw", ".j2w", ".jp2w",
                                ".bpw",     ".wpw", ".wld",  ".prj", ".qpj",  ".hdr", ".jpegw"};
  const std::string name = to_lower(path.filename().string());
  return std::ranges::any_of(kEndings, [&](const char* e) { return name.ends_with(e); });
}

// Walks folders; each real one once, whatever links lead to it.
class Walk {
 public:
  void add_folder(const fs::path& folder) {
    walk(folder);
    // What links lead to comes after all that is there itself, in the order of names, so that the
    // names of files do not depend on the order in which a folder is listed.
    while (!links_.empty()) walk(links_.extract(links_.begin()).value());
  }

  void add_file(const fs::path& file) { files_.push_back(fs::absolute(file).lexically_normal()); }

  /// Sorted, each once.
  [[nodiscard]] std::vector<fs::path> files() && {
    std::ranges::sort(files_);
    const auto doubles = std::ranges::unique(files_);
    files_.erase(doubles.begin(), doubles.end());
    return std::move(files_);
  }

 private:
  bool enter(const fs::path& folder) {
    std::error_code code;
    const fs::path real = fs::canonical(folder, code);
    return !code && entered_.insert(real).second;
  }

  void walk(const fs::path& top) {
    std::vector<fs::path> folders{top};
    while (!folders.empty()) {
      const fs::path folder = std::move(folders.back());
      folders.pop_back();
      if (enter(folder)) list(folder, folders);
    }
  }

  void list(const fs::path& folder, std::vector<fs::path>& folders) {
    std::error_code code;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, code);
         !code && it != fs::directory_iterator(); it.increment(code)) {
      const fs::path& path = it->path();
      std::error_code broken;
      if (is_hidden(path)) continue;
      if (it->is_directory(broken)) {
        if (it->is_symlink(broken))
          links_.insert(path);
        else
          folders.push_back(path);
      } else if (it->is_regular_file(broken) && !is_sidecar(path)) {
        add_file(path);
      }
    }
    if (code) fail(ErrorKind::io, "cannot list folder {}: {}", folder.string(), code.message());
  }

  std::vector<fs::path> files_;
  std::set<fs::path> entered_;  // canonical
  std::set<fs::path> links_;
};

using Outcome = std::variant<Scene, Skipped>;

// A virtual raster names files that whoever made it chose: it is not opened, but not passed over
// without a word either.
bool is_virtual(const fs::path& file) {
  return !raster_format(file.string(), {"VRT"}).empty();
}

Outcome describe_file(const fs::path& file, const SceneOptions& options) {
  if (raster_format(file.string()).empty())
    return Skipped{is_virtual(file) ? "points_elsewhere" : "not_a_raster"};
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

void warn(const fs::path& file, const std::string& reason) {
  if (const std::string text = skip_advice(reason); !text.empty())
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
  Walk walk;
  for (const fs::path& input : inputs) {
    if (fs::is_directory(input))
      walk.add_folder(input);
    else if (fs::exists(input))
      walk.add_file(input);
    else
      fail(ErrorKind::input, "cannot scan {}: no such file or folder", input.string());
  }
  return std::move(walk).files();
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
