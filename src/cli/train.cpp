// SPDX-License-Identifier: Apache-2.0
// skyglot train: contrastive pre-training, begun or continued.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "eval/evaluation.hpp"
#include "eval/manifest.hpp"
#include "records/picture_inputs.hpp"

#include "train/gloo_group.hpp"
#include "train/trainer.hpp"
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class Train : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "train"; }
  [[nodiscard]] std::string summary() const override {
    return "Go on training a CLIP on pictures with captions";
  }

  void setup(CLI::App& app) override {
    app.add_option("recipe", recipe_file_,
                   "Recipe (TOML); what follows takes the place of its values");
    app.add_option("--model", model_, "Model folder to begin with");
    app.add_option("--data", data_, "Folders, tars, lists or data sets with captions");
    app.add_option("--caption", caption_, "Column or key of --data that holds the captions");
    app.add_option("--batch", batch_, "Pictures a step");
    app.add_option("--micro-batch", micro_batch_,
                   "Pictures in memory with gradients at once; the loss stays that of the batch");
    app.add_option("--steps", steps_, "Steps in all");
    app.add_option("--rate", rate_, "Learning rate at its height");
    app.add_option("--seed", seed_, "Seed of every random choice");
    add_output(app, run_.output, "Folder for checkpoints, log and model");
    app.add_option("--log-every", run_.log_every, "Steps between lines of the log")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--stop-after", run_.stop_after,
                   "End with a checkpoint after so many steps; the same command goes on")
        ->check(CLI::PositiveNumber);
    app.add_option("--device", device_, "cpu or cuda")->capture_default_str();
    common_.add_to(app);
  }

  int run() override {
    run_.device = parse_device(device_);
    run_.threads = common_.thread_count();
    const TrainingRecipe recipe = read_recipe();
    check(recipe.evaluation);
    std::unique_ptr<ProcessGroup> group;
    if (const auto place = process_place()) {
      if (run_.device == Device::cuda)
        (void)setenv("CUDA_VISIBLE_DEVICES",
                     own_gpu(std::getenv("CUDA_VISIBLE_DEVICES"), place->local).c_str(), 1);
      group = join_processes(*place);
    }
    run_.group = group.get();
    run_.evaluate = [this](const EvaluationPlan& plan, const Parameters& parameters) {
      return evaluated(plan, parameters);
    };
    const TrainingSummary summary = train_model(recipe, run_);
    if (!group || group->rank() == 0) show(summary);
    return kDone;
  }

 private:
  // What is wrong with the plan is said before the first step, not at the first evaluation.
  static void check(const EvaluationPlan& plan) {
    for (const EvaluatedSet& set : plan.sets) {
      const BenchmarkManifest manifest = load_manifest(set.benchmark);
      if (manifest.task == Task::counting)
        fail(ErrorKind::usage, "evaluate: {} counts; give scenes, attributes or captions",
             set.benchmark);
      (void)index_picture_inputs(set.images);
    }
  }

  [[nodiscard]] std::vector<EvaluatedFigure> evaluated(const EvaluationPlan& plan,
                                                       const Parameters& parameters) const {
    const Encoders encoders(parameters.stored(),
                            compute_context({run_.device, Precision::fp32, run_.threads}));
    std::vector<EvaluatedFigure> figures;
    for (const EvaluatedSet& set : plan.sets) {
      EvaluationRequest request;
      request.manifest = load_manifest(set.benchmark);
      request.encoders = &encoders;
      request.pictures.images = set.images;
      const bool retrieval = request.manifest->task == Task::retrieval;
      const EvaluationResult result = retrieval
                                          ? evaluate_retrieval(request)
                                          : evaluate_zeroshot(request, request.manifest->task);
      const char* figure = retrieval ? "mean_recall" : "top1";
      std::string name = request.manifest->key + " " + figure;
      const auto alike = std::ranges::count_if(figures, [&](const EvaluatedFigure& other) {
        return other.name == name || other.name.starts_with(name + " #");
      });
      if (alike > 0) name += fmt::format(" #{}", alike + 1);
      figures.push_back({name, result.json.at(figure).get<double>()});
    }
    return figures;
  }

  [[nodiscard]] TrainingRecipe read_recipe() const {
    if (!caption_.empty() && data_.empty())
      fail(ErrorKind::usage, "--caption belongs to --data; a recipe has 'caption' in [[data]]");
    TrainingRecipe recipe;
    if (!recipe_file_.empty())
      recipe = parse_training_recipe(read_file(recipe_file_), recipe_file_.string(),
                                     recipe_file_.parent_path());
    if (!model_.empty()) recipe.model = model_;
    if (!data_.empty()) recipe.data = {TrainingSource{data_, {}, caption_, {}, {}, 1}};
    if (batch_) recipe.batch = *batch_;
    if (micro_batch_) recipe.micro_batch = *micro_batch_;
    if (steps_) recipe.steps = *steps_;
    if (rate_) recipe.rate = *rate_;
    if (seed_) recipe.seed = *seed_;
    return recipe;
  }

  void show(const TrainingSummary& s) const {
    const fs::path model = run_.output / "model";
    if (common_.json)
      return print_json({{"output", run_.output.string()},
                         {"complete", s.complete},
                         {"stopped_early", s.stopped_early},
                         {"steps", s.steps},
                         {"resumed_at", s.resumed_at},
                         {"first_loss", s.first_loss},
                         {"last_loss", s.last_loss},
                         {"samples_per_s", s.samples_per_s},
                         {"data_wait", s.data_wait},
                         {"replaced", s.replaced},
                         {"captions_cut", s.captions_cut},
                         {"best_score", s.best_score ? Json(*s.best_score) : Json(nullptr)},
                         {"best_step", s.best_step}});
    fmt::print("{} steps{}: {}\n", format_count(static_cast<std::uint64_t>(s.steps)),
               s.resumed_at > 0 ? fmt::format(" ({} of them by earlier runs)", s.resumed_at) : "",
               s.complete ? model.string() : "not complete; the same command goes on");
    if (s.best_score)
      fmt::print("best evaluation: {:.2f} after step {}{}: {}\n", *s.best_score, s.best_step,
                 s.stopped_early ? ", and none better since" : "", (run_.output / "best").string());
    print_table({{"figure", "value"},
                 {"loss, first step", fmt::format("{:.4f}", s.first_loss)},
                 {"loss, last step", fmt::format("{:.4f}", s.last_loss)},
                 {"pictures a second", fmt::format("{:.1f}", s.samples_per_s)},
                 {"time waiting for data", fmt::format("{:.1f}%", 100 * s.data_wait)},
                 {"pictures replaced", std::to_string(s.replaced)},
                 {"captions cut", std::to_string(s.captions_cut)}});
  }

  fs::path recipe_file_, model_;
  std::vector<fs::path> data_;
  std::string caption_;
  std::string device_ = "cpu";
  std::optional<std::int64_t> batch_, micro_batch_, steps_;
  std::optional<double> rate_;
  std::optional<std::uint64_t> seed_;
  TrainingRun run_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_train() {
  return std::make_unique<Train>();
}

}  // namespace skyglot
