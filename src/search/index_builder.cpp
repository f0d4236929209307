// SPDX-License-Identifier: Apache-2.0
#include "search/index_builder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "records/picture_inputs.hpp"

#include "search/index_writer.hpp"
#include "search/window_index.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// Of windows.gpkg and its R-tree, for each window; measured.
constexpr std::uint64_t kTableBytes = 330;

constexpr std::array<const char*, 6> kIndexFiles{"index.json",   "ids.txt",      "vectors.f16",
                                                 "windows.gpkg", "imagery.gpkg", "embeddings.json"};

IndexSettings settings_of(const IndexRequest& request, const ImageEncoder& encoder) {
  const ModelConfig& config = encoder.config();
  return {.layout = request.layout,
          .about = {{"content", "windows"},
                    {"model", about_model(config)},
                    {"precision", computed_as(encoder.context().options())},
                    {"device", to_string(encoder.context().options().device)},
                    {"normalised", true},
                    {"resize", to_string(config.preprocess.resize)}},
          .columns = config.embedding_width};
}

std::vector<std::string> absolute_names(const std::vector<fs::path>& paths) {
  std::set<std::string> names;
  for (const fs::path& path : paths) {
    std::string name = fs::absolute(path).lexically_normal().string();
    if (name.size() > 1 && name.ends_with('/')) name.pop_back();
    names.insert(name);
  }
  return {names.begin(), names.end()};
}

bool is_part_name(const std::string& name) {
  return name.size() == 32 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The folder of an index, made, found or begun anew.
class IndexFolder {
 public:
  explicit IndexFolder(fs::path folder) : folder_(std::move(folder)), parts_(folder_ / "parts") {}

  [[nodiscard]] const fs::path& parts() const { return parts_; }

  void enter(const IndexRequest& request, const IndexSettings& settings) {
    const fs::path plan_file = parts_ / "plan.json";
    const std::string plan = json_text(settings.json(), 2) + "\n";
    if (!fs::exists(plan_file)) demand_room();
    const FileLock lock = locked();
    const bool begun = fs::exists(plan_file);
    if (begun && read_file(plan_file) == plan) return demand_sources(request);
    if (begun && !request.overwrite)
      fail(ErrorKind::input,
           "{} was made with another model, device or precision, or other windows (see {}); give "
           "--overwrite to begin anew",
           folder_.string(), plan_file.string());
    clear();
    remove_orphans(parts_);
    write_file_atomically(plan_file, plan);
  }

  // Tasks that start together enter one after the other, and one run joins at a time.
  [[nodiscard]] FileLock locked() const { return FileLock(parts_ / "lock", FileLock::Busy::wait); }

  // What the parts would be joined to, where that is there already.
  [[nodiscard]] std::optional<JoinedIndex> joined_from(const std::vector<IndexPart>& parts,
                                                       const std::vector<std::string>& named,
                                                       const std::string& scenes) const {
    const std::optional<Json> known = known_index();
    if (!known || known->value("sources", Json()) != Json(named) ||
        known->value("scenes", "") != scenes || !is_whole())
      return std::nullopt;
    return reading_json((folder_ / "index.json").string(), "give --overwrite to begin anew",
                        [&]() -> std::optional<JoinedIndex> {
                          JoinedIndex joined{.windows = known->at("count"), .skipped = 0};
                          std::size_t at = 0;
                          for (const Json& part : known->at("parts")) {
                            if (at == parts.size() || part.at("key") != parts[at].key ||
                                part.at("label") != parts[at].label)
                              return std::nullopt;
                            joined.skipped += part.at("skipped").get<std::int64_t>();
                            ++at;
                          }
                          return at == parts.size() ? std::optional(joined) : std::nullopt;
                        });
  }

  // Nothing asks for these any more.
  void remove_others(const std::vector<IndexPart>& parts) const {
    std::set<std::string> wanted;
    for (const IndexPart& part : parts) wanted.insert(part.key);
    for (const auto& entry : fs::directory_iterator(parts_)) {
      const std::string name = entry.path().filename().string();
      if (is_part_name(name) && !wanted.contains(name)) fs::remove_all(entry.path());
    }
  }

 private:
  // All files are what index.json speaks of.
  [[nodiscard]] bool is_whole() const {
    try {
      (void)WindowIndex::open(folder_);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  // Nothing, or what a run left that was cut off at its very first file.
  void demand_room() const {
    if (!fs::exists(folder_)) return;
    const auto only = [](const fs::path& folder, auto&& allowed) {
      return fs::is_directory(folder) &&
             std::ranges::all_of(fs::directory_iterator(folder), allowed);
    };
    const bool free = only(folder_, [&](const fs::directory_entry& entry) {
      return entry.path() == parts_ && only(parts_, [](const fs::directory_entry& inner) {
               return is_temporary(inner.path()) || inner.path().filename() == "lock" ||
                      inner.path().filename() == "plan.json";
             });
    });
    if (!free)
      fail(ErrorKind::input, "{} holds something else; choose another name", folder_.string());
  }

  [[nodiscard]] std::optional<Json> known_index() const {
    const fs::path path = folder_ / "index.json";
    if (!fs::exists(path)) return std::nullopt;
    Json known = reading_json(path.string(), "give --overwrite to begin anew",
                              [&] { return parse_json<Json>(read_file(path)); });
    return known.is_object() ? std::optional(std::move(known)) : std::nullopt;
  }

  void demand_sources(const IndexRequest& request) const {
    const std::optional<Json> known = known_index();
    if (!known || request.drop || request.overwrite) return;
    const std::vector<std::string> named = absolute_names(request.sources);
    std::vector<std::string> missing;
    for (const Json& source : known->value("sources", Json::array()))
      if (!source.is_string() || std::ranges::count(named, source.get<std::string>()) == 0)
        missing.push_back(json_text(source));
    if (!missing.empty())
      fail(ErrorKind::input,
           "{} also holds {}; name all sources that it is to hold, or give --drop to take out the "
           "others",
           folder_.string(), some_of(missing));
  }

  void clear() const {
    for (const char* name : kIndexFiles) fs::remove(folder_ / name);
    fs::remove(parts_ / "plan.json");
    remove_others({});
  }

  fs::path folder_;
  fs::path parts_;
};

// Parts of other tasks are theirs.
bool is_of_task(std::size_t part, const IndexRequest& request) {
  return static_cast<int>(part % static_cast<std::size_t>(request.tasks)) == request.task - 1;
}

std::int64_t laid_in(const IndexPart& part, const IndexSources& sources,
                     const WindowLayout& layout) {
  if (part.scene) return std::ssize(windows_of(sources, *part.scene, layout));
  const auto pictures = open_picture_inputs({part.pictures});
  if (const auto count = pictures->size()) return static_cast<std::int64_t>(*count);
  std::int64_t count = 0;
  while (pictures->next()) ++count;
  return count;
}

// Pictures that the tower takes in a second, by one full round of grey ones after another that
// warms up.
double measured_rate(const ImageEncoder& encoder) {
  using Clock = std::chrono::steady_clock;
  const int side = static_cast<int>(encoder.config().picture_side());
  Picture grey{side, side, 3, {}};
  grey.pixels.assign(std::size_t{3} * static_cast<std::size_t>(side * side), 128);
  const std::vector<Picture> round(encoder.pictures_at_once() * encoder.passes_at_once(), grey);
  (void)encoder.encode(round);
  const auto start = Clock::now();
  (void)encoder.encode(round);
  const std::chrono::duration<double> took = Clock::now() - start;
  return static_cast<double>(round.size()) / std::max(took.count(), 1e-9);
}

}  // namespace

void IndexRequest::validate() const {
  layout.validate();
  if (sources.empty())
    fail(ErrorKind::usage, "name what is to be indexed: catalogues, rasters, folders, pictures");
  if (output.empty()) fail(ErrorKind::usage, "--output is required: the folder of the index");
  if (tasks < 1 || task < 1 || task > tasks)
    fail(ErrorKind::usage, "--task is k/n with k from 1 to n, not {}/{}", task, tasks);
}

IndexOutcome build_index(const IndexRequest& request, const ImageEncoder& encoder) {
  request.validate();
  const IndexSettings settings = settings_of(request, encoder);
  const IndexSources sources = read_index_sources(request.sources, request.look, request.threads);
  IndexFolder folder(request.output);
  folder.enter(request, settings);
  const std::vector<IndexPart> parts = index_parts(sources, settings);
  const std::vector<std::string> named = absolute_names(request.sources);
  const PictureModel model = picture_model(encoder);
  const PartEmbedder embedder(sources, settings, model, folder.parts());
  IndexOutcome outcome{.parts = parts.size()};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check_interrupt();
    if (!is_of_task(i, request) || embedder.is_done(parts[i])) continue;
    const EmbedTotals totals = embedder.embed(parts[i], request.threads);
    outcome.windows += static_cast<std::int64_t>(totals.embedded);
    outcome.skipped += static_cast<std::int64_t>(totals.skipped);
    ++outcome.new_parts;
  }
  if (request.tasks > 1) return outcome;
  const FileLock lock = folder.locked();
  remove_orphans(request.output);
  auto joined = folder.joined_from(parts, named, scenes_hash(sources));
  if (!joined) joined = write_index(request.output, sources, settings, parts, named);
  outcome.windows = joined->windows;
  outcome.skipped = joined->skipped;
  outcome.joined = true;
  folder.remove_others(parts);
  return outcome;
}

IndexEstimate estimate_index(const IndexRequest& request, const ImageEncoder& encoder) {
  request.validate();
  const IndexSettings settings = settings_of(request, encoder);
  const IndexSources sources = read_index_sources(request.sources, request.look, request.threads);
  const PictureModel model = picture_model(encoder);
  const PartEmbedder embedder(sources, settings, model, request.output / "parts");
  IndexEstimate estimate;
  for (const IndexPart& part : index_parts(sources, settings)) {
    const std::int64_t laid = laid_in(part, sources, settings.layout);
    estimate.windows += laid;
    if (!embedder.is_done(part)) estimate.new_windows += laid;
  }
  estimate.windows_per_s = measured_rate(encoder);
  estimate.seconds = static_cast<double>(estimate.new_windows) / estimate.windows_per_s;
  const auto vector_bytes = static_cast<std::uint64_t>(settings.columns) * 2;
  estimate.bytes = static_cast<std::uint64_t>(estimate.windows) * (2 * vector_bytes + kTableBytes);
  return estimate;
}

}  // namespace skyglot
