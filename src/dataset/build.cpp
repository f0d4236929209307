// SPDX-License-Identifier: Apache-2.0
#include "dataset/build.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_digest.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "base/version.hpp"
#include "dataset/sample_maker.hpp"
#include "dataset/shard_run.hpp"
#include "geo/overlay.hpp"
#include "geo/wkb.hpp"

#include <algorithm>
#include <cstdlib>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDryRunSamples = 64;

std::string load_labels(const Recipe& recipe) {
  return load_resource_or("tag_labels.csv", recipe.labels);
}
std::string load_rules(const Recipe& recipe) {
  return load_resource_or("captions.toml", recipe.caption_rules);
}

VisibilityTable parse_labels(const Recipe& recipe) {
  return VisibilityTable::parse(load_labels(recipe),
                                recipe.labels.empty() ? "tag_labels.csv" : recipe.labels);
}

// A local raster by its size and its ends, which shows that a scene was replaced without reading
// all of it; an address, or a part of something larger, by its name. A scene that is not there has
// no digest: with its disk away the data set would be another one.
std::string content_digest(const std::string& name) {
  std::error_code code;
  if (fs::is_regular_file(name, code)) return portable_name(name) + " " + digest_of_ends(name);
  if (fs::path(name).is_absolute() && !name.starts_with("/vsi") && !fs::is_directory(name, code))
    fail(ErrorKind::input,
         "the scene {} is not there ({}); bring its disk or folder back and give the same command "
         "again, or catalogue the imagery where it lies now",
         name, code ? code.message() : "no such file");
  return portable_name(name);
}

// The tag dictionary with its counts: another import or an edit shows here.
std::string tags_digest(ObjectStore& store) {
  Sha256 hash;
  for (const StoredTag& stored : store.tags())
    hash.update(fmt::format("{}={}\n", to_string(stored.tag), stored.objects));
  return hash.finish();
}

nlohmann::json files_digest(const Scene& scene) {
  nlohmann::json digest = nlohmann::json::array();
  for (const SceneFile& file : scene.files)
    digest.push_back({content_digest(file.gdal_name), file.width, file.height, file.bands});
  return digest;
}

// What decides the values of pixels; NaN is no JSON, so numbers are text.
nlohmann::json bands_digest(const Scene& scene) {
  nlohmann::json digest = nlohmann::json::array();
  for (const BandInfo& band : scene.bands)
    digest.push_back(fmt::format("{} {} {} {} {} {} {}", band.name, to_string(band.type),
                                 band.nodata ? format_double(*band.nodata) : "", band.has_mask,
                                 band.scale, band.offset, band.bits));
  return digest;
}

// What the catalogue says of scenes and collections, less the folders they lie in.
std::string catalogue_digest(const ImageryCatalogue& catalogue) {
  nlohmann::json digest = nlohmann::json::array();
  for (const Collection& c : catalogue.collections) {
    nlohmann::json stretches = nlohmann::json::array();
    for (const BandStretch& stretch : c.stretches) stretches.push_back({stretch.low, stretch.high});
    digest.push_back({c.code, c.name, c.licence, c.attribution, c.gsd_m.value_or(0), c.bands,
                      c.rgb_bands, std::move(stretches)});
  }
  for (const Scene& s : catalogue.scenes)
    digest.push_back({s.collection_code, s.name, files_digest(s), bands_digest(s), s.width,
                      s.height, s.map_from_pixel, sha256(s.crs_wkt), s.gsd_m, s.date, s.licence,
                      sha256(to_wkb(s.footprint_lonlat))});
  return sha256(json_text(digest));
}

CaptionRules parse_rules(const Recipe& recipe) {
  return parse_caption_rules(load_rules(recipe),
                             recipe.caption_rules.empty() ? "captions.toml" : recipe.caption_rules);
}

std::optional<int> environment_int(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  const auto value = parse_int(text);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

void demand_overlap(const BuildInputs& inputs) {
  if (inputs.catalogue.scenes.empty())
    fail(ErrorKind::input, "{} holds no scenes; add some with 'skyglot imagery scan'",
         inputs.recipe.imagery);
  const Box map = inputs.open_store()->extent_lonlat();
  Box imagery;
  bool meets = false;
  for (const Scene& scene : inputs.catalogue.scenes) {
    const Box box = bounding_box(scene.footprint_lonlat);
    imagery.add(box);
    meets = meets || meet_on_globe(box, map);
  }
  if (meets) return;
  const auto text = [](const Box& b) {
    return fmt::format("{:.4f},{:.4f} to {:.4f},{:.4f}", b.min_x, b.min_y, b.max_x, b.max_y);
  };
  fail(ErrorKind::input,
       "no scene lies over the map: the map covers {}, the imagery {} (longitude,latitude); scan "
       "imagery of that place, or import its map",
       text(map), text(imagery));
}

// Nothing is left to do but what a killed run may have left to tidy.
BuildResult already_complete(const BuildFolder& folder) {
  folder.forget_build();
  return {.complete = true,
          .was_complete = true,
          .items_written = 0,
          .shards_missing = 0,
          .info = read_dataset_info(folder.path())};
}

std::string first_few(const std::vector<std::int64_t>& shards) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shards.size() && i < 5; ++i) names.push_back(shard_name(shards[i]));
  return join(names, ", ") + (shards.size() > 5 ? ", ..." : "");
}

}  // namespace

TaskShare parse_task(std::string_view text) {
  const auto parts = split(text, '/');
  const auto task = parse_int(parts[0]);
  const auto tasks = parts.size() == 2 ? parse_int(parts[1]) : std::nullopt;
  if (!task || !tasks || *task < 1 || *task > *tasks || *tasks > 1'000'000)
    fail(ErrorKind::usage, "--task '{}': give this task's number and how many there are, like 2/5",
         text);
  return {static_cast<int>(*task), static_cast<int>(*tasks)};
}

std::optional<TaskShare> task_from_slurm() {
  const auto id = environment_int("SLURM_ARRAY_TASK_ID");
  if (!id) return std::nullopt;
  const auto count = environment_int("SLURM_ARRAY_TASK_COUNT");
  const auto first = environment_int("SLURM_ARRAY_TASK_MIN");
  const auto last = environment_int("SLURM_ARRAY_TASK_MAX");
  if (!count || !first || !last || *last - *first + 1 != *count || *id < *first || *id > *last)
    fail(ErrorKind::usage,
         "Slurm's array is not one run of numbers, so this task's share is not clear; "
         "give it as --task, like --task $SLURM_ARRAY_TASK_ID/16");
  return TaskShare{*id - *first + 1, *count};
}

BuildInputs open_inputs(const Recipe& recipe) {
  recipe.validate();
  ImageryCatalogue catalogue = read_catalogue(recipe.imagery);
  AlignedScenes aligned(catalogue);
  BuildInputs inputs{.recipe = recipe,
                     .catalogue = std::move(catalogue),
                     .aligned = std::move(aligned),
                     .visibility = parse_labels(recipe),
                     .caption_rules = parse_rules(recipe),
                     .open_store = [name = recipe.objects] { return ObjectStore::open(name); }};
  demand_overlap(inputs);
  return inputs;
}

std::string build_fingerprint(const BuildInputs& inputs) {
  nlohmann::ordered_json recipe = recipe_json(inputs.recipe);
  for (const char* path : {"/objects", "/imagery", "/match/labels", "/caption/rules"})
    recipe[nlohmann::ordered_json::json_pointer(path)] = "";
  const auto store = inputs.open_store();
  Sha256 hash;
  hash.update(version());
  hash.update(json_text(recipe));
  hash.update(json_text(nlohmann::json(store->metadata())));
  hash.update(tags_digest(*store));
  hash.update(std::to_string(store->size()));
  hash.update(catalogue_digest(inputs.catalogue));
  hash.update(load_labels(inputs.recipe));
  hash.update(load_rules(inputs.recipe));
  return hash.finish();
}

namespace {

void warn_if_empty(const PlanCounts& counts) {
  if (counts.items > 0 || counts.skipped.empty()) return;
  const auto most =
      std::ranges::max_element(counts.skipped, {}, [](const auto& c) { return c.second; });
  log_warning(
      "no object gets a picture; most often: {} ({} objects). The skip reasons are in "
      "pairs.gpkg; finer imagery or other tile limits may help",
      most->first, most->second);
}

// The first task plans, the others wait for it and read what it wrote. Nothing if the data set has
// been finished meanwhile.
std::optional<Plan> shared_plan(const BuildInputs& inputs, const BuildOptions& options,
                                const BuildFolder& folder) {
  const fs::path file = folder.plan_path();
  if (!fs::exists(file)) {
    const FileLock planning = folder.lock();
    if (folder.complete()) return std::nullopt;
    if (!fs::exists(file))
      make_plan(inputs, {.threads = options.threads, .memory = options.memory}, file);
  }
  return Plan(file);
}

// Another process may have finished everything while this one waited.
BuildResult finish(const BuildInputs& inputs, Plan& plan, const BuildFolder& folder,
                   const std::string& fingerprint) {
  const FileLock finishing = folder.lock();
  if (folder.complete()) return already_complete(folder);
  return {.complete = true,
          .was_complete = false,
          .items_written = 0,
          .shards_missing = 0,
          .info = finalize_dataset(inputs, plan, folder, fingerprint)};
}

}  // namespace

BuildResult build_dataset(const BuildInputs& inputs, const BuildOptions& options) {
  const std::string fingerprint = build_fingerprint(inputs);
  if (options.overwrite && options.share.tasks > 1)
    fail(ErrorKind::usage,
         "--overwrite with --task would remove what the other tasks write; "
         "remove the folder first");
  const BuildFolder folder(options.output, fingerprint,
                           options.overwrite ? FolderUse::overwrite : FolderUse::resume);
  if (folder.complete()) return already_complete(folder);
  auto plan = shared_plan(inputs, options, folder);
  if (!plan) return already_complete(folder);
  warn_if_empty(plan->counts());
  BuildResult result;
  result.items_written = run_shards(inputs, *plan, folder,
                                    {.task = options.share.task,
                                     .tasks = options.share.tasks,
                                     .threads = options.threads,
                                     .memory = options.memory});
  result.shards_missing = missing_shards(*plan, folder).size();
  if (options.share.tasks > 1 || result.shards_missing > 0) return result;
  const std::size_t written = result.items_written;
  result = finish(inputs, *plan, folder, fingerprint);
  result.items_written = written;
  return result;
}

BuildResult merge_dataset(const BuildInputs& inputs, const BuildOptions& options) {
  const std::string fingerprint = build_fingerprint(inputs);
  const BuildFolder folder(options.output, fingerprint, FolderUse::existing);
  if (folder.complete()) return already_complete(folder);
  auto plan = shared_plan(inputs, options, folder);
  if (!plan) return already_complete(folder);
  const auto missing = missing_shards(*plan, folder);
  if (!missing.empty())
    fail(ErrorKind::input,
         "{}: {} of {} shards are missing ({}); run their tasks again, then merge",
         options.output.string(), missing.size(), plan->shards().size(), first_few(missing));
  return finish(inputs, *plan, folder, fingerprint);
}

namespace {

// A plan whose file has no name any more.
Plan passing_plan(const BuildInputs& inputs, const BuildOptions& options) {
  const PendingPath file(std::filesystem::temp_directory_path() / "skyglot-plan");
  make_plan(inputs, {.threads = options.threads, .memory = options.memory}, file.path());
  return Plan(file.path());
}

void count_items(const BuildInputs& inputs, Plan& plan, DryRun& run) {
  for (const PlannedShard& shard : plan.shards()) {
    run.items_by_split[std::string(to_string(shard.split))] += shard.size();
    for (const PlannedItem& item : plan.items(shard.first, shard.last))
      ++run.items_by_collection[inputs.catalogue.scenes[item.scene].collection_code];
  }
}

}  // namespace

DryRun dry_run(const BuildInputs& inputs, const BuildOptions& options) {
  Plan plan = passing_plan(inputs, options);
  DryRun run{.counts = plan.counts(),
             .shards = plan.shards().size(),
             .items_by_split = {},
             .items_by_collection = {}};
  count_items(inputs, plan, run);
  const CaptionWriter captions(inputs.caption_rules);
  SampleMaker maker(inputs, captions);
  const std::size_t step = run.counts.items / kDryRunSamples + 1;
  std::uint64_t pairs = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < run.counts.items; i += step, ++run.sampled) {
    const Sample sample = maker.make(plan.items(i, i + 1).at(0));
    if (!sample.record.is_pair()) continue;
    ++pairs;
    // A tar member takes a header and whole blocks; caption and metadata take about five.
    bytes += sample.jpeg.size() + sample.patch.size() + 8 * 512;
  }
  if (run.sampled == 0) return run;
  const double scale = static_cast<double>(run.counts.items) / static_cast<double>(run.sampled);
  run.expected_pairs = static_cast<std::uint64_t>(static_cast<double>(pairs) * scale);
  run.expected_bytes = static_cast<std::uint64_t>(static_cast<double>(bytes) * scale);
  return run;
}

}  // namespace skyglot
