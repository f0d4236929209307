// SPDX-License-Identifier: Apache-2.0
// skyglot build and skyglot merge: from objects and imagery to a data set.
#include "dataset/build.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/forward.hpp"
#include "cli/options.hpp"
#include "records/picture_files.hpp"
#include "records/reasons.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

// The recipe file and every recipe key as a flag; flags win over the file.
class RecipeOptions {
 public:
  void add_to(CLI::App& app) {
    app.add_option("recipe", file_, "Recipe (TOML); every key has a default and a flag")
        ->type_name("RECIPE");
    visit_recipe(flags_, [&](const char* key, const char* flag, const char* help, auto& member) {
      auto* option =
          app.add_option(flag, member, help)->capture_default_str()->group("Recipe keys");
      given_.emplace_back(key, option);
    });
  }

  [[nodiscard]] Recipe recipe() {
    Recipe result;
    if (!file_.empty()) apply_toml(result, read_file(file_), file_.string());
    std::size_t next = 0;
    std::vector<bool> given;
    for (const auto& [key, option] : given_) given.push_back(option->count() > 0);
    const Json flags = recipe_json(flags_);
    visit_recipe(result, [&](const std::string& key, const char*, const char*, auto& member) {
      if (given.at(next++))
        member = flags.at(pointer(key)).get<std::remove_reference_t<decltype(member)>>();
    });
    return result;
  }

 private:
  static Json::json_pointer pointer(std::string key) {
    for (char& c : key)
      if (c == '.') c = '/';
    return Json::json_pointer("/" + key);
  }

  std::filesystem::path file_;
  Recipe flags_;
  std::vector<std::pair<std::string, CLI::Option*>> given_;
};

std::string meaning_of(const std::string& reason) {
  for (const Reason& known : kReasons)
    if (known.name == reason) return std::string(known.meaning);
  return "";
}

template <typename Count>
void print_skips(const std::map<std::string, Count>& skips) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [reason, count] : skips)
    rows.push_back({"  " + reason, format_count(count), meaning_of(reason)});
  if (!rows.empty()) print_table(rows);
}

std::map<std::string, std::uint64_t> pairs_by_split(const DatasetInfo& info) {
  std::map<std::string, std::uint64_t> pairs;
  for (const SplitInfo& split : info.splits) pairs[split.name] = split.pairs;
  return pairs;
}

Json result_json(const BuildResult& result, const std::filesystem::path& output) {
  const DatasetInfo& info = result.info;
  Json json{{"output", output.string()},
            {"complete", result.complete},
            {"nothing_to_do", result.was_complete},
            {"items_written", result.items_written},
            {"shards_missing", result.shards_missing}};
  if (result.complete)
    json.update({{"selected", info.objects_selected},
                 {"pairs", info.pairs},
                 {"splits", pairs_by_split(info)},
                 {"skipped", info.skipped},
                 {"shards", info.shards.size()},
                 {"bytes", info.bytes()}});
  return json;
}

void print_result(const BuildResult& result, const std::filesystem::path& output) {
  if (result.was_complete) return fmt::print("{} is complete; nothing to do\n", output.string());
  if (!result.complete)
    return fmt::print(
        "{} items written; {} shards of other tasks are missing: when all tasks are done run "
        "'skyglot merge'\n",
        format_count(result.items_written), result.shards_missing);
  const DatasetInfo& info = result.info;
  fmt::print("{} objects selected, {} pairs in {} shards ({})\n",
             format_count(info.objects_selected), format_count(info.pairs), info.shards.size(),
             format_bytes(info.bytes()));
  for (const auto& [split, pairs] : pairs_by_split(info))
    fmt::print("  {:<6} {}\n", split, format_count(pairs));
  if (info.skipped_total() > 0)
    fmt::print("{} objects skipped:\n", format_count(info.skipped_total()));
  print_skips(info.skipped);
}

// Options that build and merge share.
struct BuildCommon {
  RecipeOptions recipe;
  BuildOptions build;
  CommonOptions common;
  double max_skipped = 1.0;
  bool files = false;
  bool predict = false;
  std::filesystem::path model;

  void add_to(CLI::App& app) {
    recipe.add_to(app);
    app.add_option("--output", build.output, "Folder of the data set");
    add_memory(app, build.memory);
    app.add_option("--max-skipped", max_skipped,
                   "Share of the selected objects that may be skipped; more of them: exit code 3")
        ->check(CLI::Range(0.0, 1.0));
    app.add_flag("--files", files,
                 "Once all is done also write the pictures as files with a table, pictures.tsv");
    app.add_flag("--predict-tags", predict,
                 "Tags that the visibility table lacks are judged by the classifier of --model");
    add_model(app, model, "Model for --predict-tags, with visibility.safetensors in its folder");
    common.add_to(app);
  }

  /// The recipe asked for; with --predict-tags its table is one that knows every tag of the map.
  [[nodiscard]] Recipe asked_recipe(bool writes) {
    Recipe asked = recipe.recipe();
    if (predict && !writes) log_warning("nothing is written here: tags are not predicted");
    if (!predict || !writes) return asked;
    demand_output();
    const std::filesystem::path out = build.output.lexically_normal();
    const std::filesystem::path beside = out.has_filename() ? out : out.parent_path();
    const std::string table = beside.string() + ".visibility.csv";
    make_folder(std::filesystem::absolute(beside).parent_path());
    const PendingPath tags(beside.string() + ".tags.csv");
    std::vector<std::string> shared = common.passed_on();
    if (!asked.labels.empty()) shared.insert(shared.end(), {"--labels", asked.labels});
    const auto with = [&](std::vector<std::string> words) {
      words.insert(words.end(), shared.begin(), shared.end());
      run_skyglot(words);
    };
    with({"tags", "stats", asked.objects, "--unlabelled", "--pairs", "0", "--csv",
          tags.path().string(), "--overwrite"});
    with({"tags", "predict", tags.path().string(), "--model", model.string(), "--output", table,
          "--overwrite"});
    asked.labels = table;
    return asked;
  }

  void demand_output() const {
    if (build.output.empty())
      fail(ErrorKind::usage, "--output is required: name the data set's folder");
  }

  void demand_pictures_for_files(const Recipe& asked) const {
    if (files && asked.patch == word_of(PatchMember::instead, kPatchWords))
      fail(ErrorKind::usage,
           "--files writes pictures, and --patch instead makes none; give --patch beside");
  }

  [[nodiscard]] int finish(const BuildResult& result) const {
    const bool unpack = files && result.complete;
    const std::uint64_t pictures = unpack ? write_picture_files(build.output) : 0;
    if (common.json) {
      Json json = result_json(result, build.output);
      if (unpack) json["files"] = pictures;
      print_json(json);
    } else {
      print_result(result, build.output);
      if (unpack) fmt::print("{} pictures as files: pictures.tsv\n", format_count(pictures));
    }
    const auto allowed = max_skipped * static_cast<double>(result.info.objects_selected);
    return static_cast<double>(result.info.skipped_total()) > allowed ? kTooManySkipped : kDone;
  }
};

class BuildCommand : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "build"; }
  [[nodiscard]] std::string summary() const override {
    return "Build an image-text data set from map and imagery";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    add_overwrite(app, options_.build.overwrite);
    app.add_option("--task", task_,
                   "This task's share of a job array, like 2/5; Slurm's variables are understood")
        ->type_name("K/N");
    app.add_flag("--dry-run", dry_run_,
                 "Print the plan with expected counts and disk; write nothing");
    app.add_flag("--print-recipe", print_recipe_, "Print the whole recipe as TOML and stop");
  }

  int run() override {
    const Recipe recipe = options_.asked_recipe(!print_recipe_ && !dry_run_);
    if (print_recipe_) {
      fmt::print("{}", recipe_toml(recipe));
      return kDone;
    }
    options_.demand_pictures_for_files(recipe);
    const BuildInputs inputs = open_inputs(recipe);
    options_.build.threads = options_.common.thread_count();
    if (dry_run_) return print_plan(inputs);
    options_.demand_output();
    options_.build.share = share();
    return options_.finish(build_dataset(inputs, options_.build));
  }

 private:
  [[nodiscard]] TaskShare share() const {
    if (!task_.empty()) return parse_task(task_);
    return task_from_slurm().value_or(TaskShare{});
  }

  int print_plan(const BuildInputs& inputs) const {
    const DryRun run = dry_run(inputs, options_.build);
    const PlanCounts& counts = run.counts;
    if (options_.common.json) {
      print_json({{"cells_with_imagery", counts.cells_with_imagery},
                  {"cells_drawn", counts.cells_drawn},
                  {"rare_tags_targeted", counts.targeted_tags},
                  {"selected", counts.selected()},
                  {"planned", counts.items},
                  {"splits", run.items_by_split},
                  {"collections", run.items_by_collection},
                  {"skipped", counts.skipped},
                  {"shards", run.shards},
                  {"expected_pairs", run.expected_pairs},
                  {"expected_bytes", run.expected_bytes},
                  {"sampled", run.sampled}});
      return kDone;
    }
    fmt::print("cells      {} drawn of {} that have imagery\n", format_count(counts.cells_drawn),
               format_count(counts.cells_with_imagery));
    fmt::print("rare tags  {} not in the cells, targeted\n", format_count(counts.targeted_tags));
    fmt::print("objects    {} selected, {} with a tile\n", format_count(counts.selected()),
               format_count(counts.items));
    for (const auto& [collection, count] : run.items_by_collection)
      fmt::print("  {:<8} {}\n", collection, format_count(count));
    for (const auto& [split, count] : run.items_by_split)
      fmt::print("  {:<8} {}\n", split, format_count(count));
    fmt::print("shards     {}\n", run.shards);
    fmt::print("expected   about {} pairs and {} on disk (from {} sampled pictures)\n",
               format_count(run.expected_pairs), format_bytes(run.expected_bytes), run.sampled);
    if (counts.skipped_total() > 0)
      fmt::print("skipped    {}:\n", format_count(counts.skipped_total()));
    print_skips(counts.skipped);
    return kDone;
  }

  BuildCommon options_;
  std::string task_;
  bool dry_run_ = false;
  bool print_recipe_ = false;
};

class MergeCommand : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "merge"; }
  [[nodiscard]] std::string summary() const override {
    return "Join what the tasks of a build wrote into one data set";
  }
  void setup(CLI::App& app) override { options_.add_to(app); }
  int run() override {
    options_.demand_output();
    const Recipe recipe = options_.asked_recipe(true);
    options_.demand_pictures_for_files(recipe);
    const BuildInputs inputs = open_inputs(recipe);
    options_.build.threads = options_.common.thread_count();
    return options_.finish(merge_dataset(inputs, options_.build));
  }

 private:
  BuildCommon options_;
};

}  // namespace

std::unique_ptr<Command> make_build() {
  return std::make_unique<BuildCommand>();
}
std::unique_ptr<Command> make_merge() {
  return std::make_unique<MergeCommand>();
}

}  // namespace skyglot
