// SPDX-License-Identifier: Apache-2.0
#include "search/index_parts.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "geo/wkb.hpp"
#include "imagery/scan.hpp"
#include "imagery/scene_facts.hpp"
#include "imagery/scene_plane.hpp"
#include "pictures/source.hpp"
#include "records/picture_inputs.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyDigits = 32;

Json layout_json(const WindowLayout& layout) {
  return {{"sizes_m", layout.sizes_m},
          {"overlap", layout.overlap},
          {"least_valid", layout.least_valid}};
}

// Those of the scene and of every neighbour that its windows show.
Json facts_of_part(const IndexSources& sources, std::size_t scene, const WindowLayout& layout) {
  const ImageryCatalogue& catalogue = sources.catalogue;
  const Scene& own = catalogue.scenes[scene];
  PixelWindow all{0, 0, own.width, own.height};
  for (const SearchWindow& window : windows_of(sources, scene, layout)) {
    all.width = std::max(all.width, window.pixels.x + window.pixels.width);
    all.height = std::max(all.height, window.pixels.y + window.pixels.height);
  }
  Json facts = Json::array();
  for (const AlignedScenes::Part& part : sources.aligned.parts(scene, all)) {
    const Scene& one = catalogue.scenes[part.scene];
    const Collection& collection = catalogue.collection(one.collection_code);
    Json shown = shown_facts(one, collection.rgb_bands, collection.stretches);
    shown["gsd_m"] = nominal_gsd_m(collection, one);
    facts.push_back(shown);
  }
  return facts;
}

// Of everything that may be a picture, or say where pictures are, and of the pictures of a list.
std::string listing_hash(const fs::path& input) {
  Sha256 hash;
  for (const fs::path& file : files_to_scan({input})) hash.update(json_text(file_facts(file)));
  if (!fs::is_regular_file(input) || !is_picture_list(input)) return hash.finish();
  SourceOptions names;
  names.contents = false;
  const auto listed = index_pictures({input}, names);
  for (std::uint64_t i = 0; i < listed->size(); ++i)
    hash.update(json_text(file_facts(input.parent_path() / listed->id(i))));
  return hash.finish();
}

std::string key_of(const Json& part, const IndexSettings& settings) {
  const Json all{{"part", part}, {"settings", settings.json()}};
  return sha256(json_text(all)).substr(0, kKeyDigits);
}

// Windows of one scene, painted when they are prepared for the tower.
class WindowPictures : public PictureSource {
 public:
  WindowPictures(const WindowPainter& painter, WindowPainter::Request request,
                 std::vector<SearchWindow> windows)
      : painter_(painter), request_(request), windows_(std::move(windows)) {}

  std::optional<SourcePicture> next() override {
    if (at_ == windows_.size()) return std::nullopt;
    WindowPainter::Request request = request_;
    request.window = windows_[at_++].pixels;
    SourcePicture picture{.id = window_name(request.window), .bytes = {}, .problem = {}};
    picture.draw = [this, request] {
      auto painted = painter_.paint(request);
      if (const auto* skipped = std::get_if<Skipped>(&painted))
        fail(ErrorKind::format, "{}", skipped->reason);
      return std::get<Picture>(std::move(painted));
    };
    return picture;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return windows_.size(); }

 private:
  const WindowPainter& painter_;
  WindowPainter::Request request_;
  std::vector<SearchWindow> windows_;
  std::size_t at_ = 0;
};

// Names of scenes, then of inputs of pictures; the whole path where two share a name.
std::vector<std::string> part_labels(const IndexSources& sources) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const Scene& scene : sources.catalogue.scenes)
    names.emplace_back(scene.name, scene.gdal_name());
  for (const fs::path& input : sources.pictures)
    names.emplace_back(input.filename().string(), input.string());
  std::map<std::string, int> count;
  for (const auto& [name, path] : names) ++count[name];
  std::vector<std::string> labels;
  for (const auto& [name, path] : names) labels.push_back(count[name] > 1 ? path : name);
  return labels;
}

}  // namespace

Json IndexSettings::json() const {
  return {{"layout", layout_json(layout)}, {"about", about}, {"columns", columns}};
}

std::vector<IndexPart> index_parts(const IndexSources& sources, const IndexSettings& settings) {
  std::vector<IndexPart> parts;
  const auto& scenes = sources.catalogue.scenes;
  const std::vector<std::string> labels = part_labels(sources);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const Json facts = facts_of_part(sources, i, settings.layout);
    parts.push_back({labels[i], key_of(facts, settings), i});
  }
  for (const fs::path& input : sources.pictures) {
    const Json facts{{"pictures", input.string()}, {"listing", listing_hash(input)}};
    // The pictures of one input alone are called what they are called in it.
    const std::string label = labels.size() == 1 ? "" : labels[parts.size()];
    parts.push_back({label, key_of(facts, settings), {}, input});
  }
  return parts;
}

std::vector<SearchWindow> windows_of(const IndexSources& sources, std::size_t scene,
                                     const WindowLayout& layout) {
  const Scene& one = sources.catalogue.scenes.at(scene);
  const auto goes_on = [&](const PixelWindow& strip) {
    return !sources.aligned.parts(scene, strip).empty();
  };
  const SceneReach reach{.right = goes_on({one.width, 0, 1, one.height}),
                         .below = goes_on({0, one.height, one.width, 1})};
  return lay_windows(one, nominal_gsd_m(sources.catalogue.collection(one.collection_code), one),
                     layout, reach);
}

std::string window_name(const PixelWindow& window) {
  return fmt::format("{}_{}_{}", window.x, window.y, window.width);
}

std::string indexed_id(const IndexPart& part, const std::string& name) {
  return part.label.empty() ? name : part.label + "/" + name;
}

PartEmbedder::PartEmbedder(const IndexSources& sources, const IndexSettings& settings,
                           const PictureModel& model, fs::path folder)
    : sources_(sources),
      settings_(settings),
      model_(model),
      folder_(std::move(folder)),
      painter_(sources.catalogue, sources.aligned) {}

fs::path PartEmbedder::folder_of(const IndexPart& part) const {
  return folder_ / part.key;
}

bool PartEmbedder::is_done(const IndexPart& part) const {
  return fs::exists(folder_of(part) / "embeddings.json") && !fs::exists(folder_of(part) / ".embed");
}

EmbedTotals PartEmbedder::embed(const IndexPart& part, int threads) const {
  EmbedJob job{.output = folder_of(part),
               .about = settings_.about,
               .inputs = {{"key", part.key}},
               .columns = settings_.columns,
               .options = {},
               .may_be_none = true,
               .items = part.scene ? "windows" : "pictures"};
  job.options.threads = threads;
  if (!part.scene) return run_picture_job(*open_picture_inputs({part.pictures}), model_, job);
  const Preparation& sees = model_.preparation;
  const WindowPainter::Request request{.scene = *part.scene,
                                       .window = {},
                                       .most_side = 2 * std::max(sees.side, sees.resize_side),
                                       .least_valid = settings_.layout.least_valid};
  WindowPictures source(painter_, request, windows_of(sources_, *part.scene, settings_.layout));
  return run_picture_job(source, model_, job);
}

std::string scenes_hash(const IndexSources& sources) {
  Json all = Json::array();
  for (const Collection& one : sources.catalogue.collections)
    all.push_back(
        {one.code, one.name, one.licence, one.attribution, one.source, one.gsd_m.value_or(0)});
  for (const Scene& one : sources.catalogue.scenes)
    all.push_back({one.collection_code, one.name, one.gdal_name(), one.date, one.licence, one.gsd_m,
                   sha256(to_wkb(one.footprint_lonlat))});
  return sha256(json_text(all));
}

}  // namespace skyglot
