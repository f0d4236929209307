// SPDX-License-Identifier: Apache-2.0
#include "imagery/catalogue_update.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "imagery/bands.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace skyglot {
namespace {

Collection& collection_of(ImageryCatalogue& catalogue, const std::string& code) {
  auto found = std::ranges::find(catalogue.collections, code, &Collection::code);
  if (found == catalogue.collections.end()) {
    Collection fresh;
    fresh.code = fresh.name = code;
    found = catalogue.collections.insert(
        std::ranges::lower_bound(catalogue.collections, code, {}, &Collection::code),
        std::move(fresh));
  }
  return *found;
}

void describe(Collection& collection, const CollectionOptions& options, const std::string& source) {
  if (options.name) collection.name = *options.name;
  if (options.licence) collection.licence = *options.licence;
  if (options.attribution) collection.attribution = *options.attribution;
  if (options.gsd_m) collection.gsd_m = *options.gsd_m;
  const std::string known = "; " + collection.source + "; ";
  if (collection.source.empty())
    collection.source = source;
  else if (known.find("; " + source + "; ") == std::string::npos)
    collection.source += "; " + source;
}

// Puts scenes into one collection of a catalogue.
class Adder {
 public:
  Adder(ImageryCatalogue& catalogue, Collection& collection, const CollectionOptions& options)
      : catalogue_(catalogue), collection_(collection), options_(options) {
    for (std::size_t i = 0; i < catalogue.scenes.size(); ++i)
      if (catalogue.scenes[i].collection_code == collection.code)
        place_of_.emplace(catalogue.scenes[i].gdal_name(), i);
  }

  [[nodiscard]] bool empty() const { return place_of_.empty(); }

  void add(Scene scene, CatalogueCounts& counts) {
    if (const std::string reason = misfit(scene); !reason.empty()) {
      ++counts.skipped[reason];
      return;
    }
    const auto [entry, fresh] = place_of_.emplace(scene.gdal_name(), catalogue_.scenes.size());
    ++(fresh ? counts.added : counts.updated);
    if (fresh)
      catalogue_.scenes.push_back(std::move(scene));
    else
      catalogue_.scenes[entry->second] = std::move(scene);
  }

 private:
  // The first scene of the collection is the model for all others.
  std::string misfit(const Scene& scene) {
    const std::vector<int> chosen = choose_bands(scene.bands, options_.bands);
    if (empty()) {
      if (chosen.empty()) return "other_bands";
      collection_.rgb_bands = chosen;
      collection_.bands = bands_with_data(scene);
      return "";
    }
    const Scene& model = catalogue_.scenes[place_of_.begin()->second];
    for (const int band : collection_.rgb_bands) {
      const auto i = static_cast<std::size_t>(band - 1);
      if (i >= scene.bands.size()) return "other_bands";
      if (chosen != collection_.rgb_bands && scene.bands[i].name != model.bands[i].name)
        return "other_bands";
      if (scene.bands[i].type != model.bands[i].type) return "other_type";
    }
    keep_common_bands(scene, model);
    return "";
  }

  static std::vector<int> bands_with_data(const Scene& scene) {
    std::vector<int> bands;
    for (std::size_t i = 0; i < scene.bands.size(); ++i)
      if (scene.bands[i].colour != "Alpha") bands.push_back(static_cast<int>(i) + 1);
    return bands;
  }

  // What is not shown may be missing; then no patch of the collection has it.
  void keep_common_bands(const Scene& scene, const Scene& model) {
    std::erase_if(collection_.bands, [&](int band) {
      const auto i = static_cast<std::size_t>(band - 1);
      if (std::ranges::count(collection_.rgb_bands, band) > 0) return false;
      return i >= scene.bands.size() || scene.bands[i].name != model.bands[i].name ||
             scene.bands[i].type != model.bands[i].type;
    });
  }

  ImageryCatalogue& catalogue_;
  Collection& collection_;
  const CollectionOptions& options_;
  std::map<std::string, std::size_t> place_of_;  // by GDAL name
};

void check_bands(const Collection& collection, const CollectionOptions& options,
                 const std::vector<Scene>& found) {
  if (options.bands.empty() || found.empty() || collection.rgb_bands.empty()) return;
  if (choose_bands(found.front().bands, options.bands) == collection.rgb_bands) return;
  fail(ErrorKind::usage,
       "collection {} shows bands {} already; leave out --bands, use another --collection, or "
       "start afresh with --overwrite",
       collection.code, fmt::join(collection.rgb_bands, ","));
}

void number(std::vector<Scene>& scenes) {
  const auto key = [](const Scene& s) { return std::tie(s.collection_code, s.gdal_name()); };
  std::ranges::sort(scenes, {}, key);
  std::int64_t fid = 0;
  for (Scene& scene : scenes) scene.fid = ++fid;
}

void update_stretch(const ImageryCatalogue& catalogue, Collection& collection,
                    const CollectionOptions& options) {
  std::vector<const Scene*> scenes;
  for (const Scene& scene : catalogue.scenes)
    if (scene.collection_code == collection.code) scenes.push_back(&scene);
  collection.stretches = stretches_of(options.stretch, collection.rgb_bands, scenes);
}

}  // namespace

void CollectionOptions::validate() const {
  std::vector<std::string> problems;
  if (!is_collection_code(code))
    problems.push_back("--collection must be two letters or digits (such as US or S2), not \"" +
                       code + "\"");
  if (gsd_m && !(*gsd_m > 0 && *gsd_m < 1e5)) problems.emplace_back("--gsd must be metres above 0");
  if (!bands.empty() && bands.size() != 1 && bands.size() != 3)
    problems.emplace_back("--bands takes three bands, or one for a grey picture");
  if (!problems.empty()) fail(ErrorKind::usage, "{}", join(problems, "; "));
}

std::size_t CatalogueCounts::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry.second; });
}

void add_scenes(ImageryCatalogue& catalogue, const CollectionOptions& options,
                const std::string& source, std::vector<Scene> found, CatalogueCounts& counts) {
  if (found.empty()) return;
  Collection& collection = collection_of(catalogue, options.code);
  check_bands(collection, options, found);
  describe(collection, options, source);
  Adder adder(catalogue, collection, options);
  const bool fresh = adder.empty();
  for (Scene& scene : found) {
    scene.collection_code = options.code;
    adder.add(std::move(scene), counts);
  }
  if (adder.empty()) {
    std::erase_if(catalogue.collections,
                  [&](const Collection& c) { return c.code == options.code; });
    return;
  }
  number(catalogue.scenes);
  if (fresh || options.restretch)
    update_stretch(catalogue, collection, options);
  else if (options.stretch != StretchRule{})
    log_warning("collection {} keeps the stretch it has; give --restretch to change it",
                options.code);
}

ImageryCatalogue catalogue_to_extend(const std::filesystem::path& path, bool overwrite) {
  if (std::filesystem::is_directory(path))
    fail(ErrorKind::input, "{} is a folder; --output needs the name of a file", path.string());
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder))
    fail(ErrorKind::input, "cannot write {}: there is no folder {}", path.string(),
         folder.string());
  if (overwrite || !std::filesystem::exists(path)) return {};
  return read_catalogue(path);
}

}  // namespace skyglot
