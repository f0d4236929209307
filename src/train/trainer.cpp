// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "weights/model_folder.hpp"
#include "weights/model_tensors.hpp"

#include "train/checkpoint.hpp"
#include "train/contrastive_step.hpp"
#include "train/learning_rate.hpp"
#include "train/process_group.hpp"
#include "train/training_log.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool is_image(const std::string& name) {
  return name.starts_with("visual.");
}

// Projections and scale learn at the full rate: towers that were trained already may need less.
double rate_share(const std::string& name, const TrainingRecipe& recipe) {
  if (name == "visual.proj" || name == "text_projection" || name == kLogScale) return 1;
  return is_image(name) ? recipe.image_rate : recipe.text_rate;
}

std::shared_ptr<Parameters> begin_with(const TrainingRecipe& recipe, const TrainingRun& run) {
  const StoredModel model = load_model_folder(recipe.model);
  if (model.config.kind != ModelKind::clip || !model.config.text)
    fail(ErrorKind::input,
         "{}: only a model with an image and a text tower can learn from captions; import a CLIP "
         "with 'skyglot model import'",
         recipe.model.string());
  if (model.config.vision.bands != 3)
    fail(ErrorKind::input, "{}: its image tower sees {} bands; pictures of three are trained on",
         recipe.model.string(), model.config.vision.bands);
  auto parameters = std::make_shared<Parameters>(model);
  if (run.device == Device::cuda) parameters->to(torch::kCUDA, torch::kFloat32);
  parameters->require_gradients([&](const std::string& name) {
    if (name == kLogScale) return true;
    return is_image(name) ? !recipe.lock_image : !recipe.lock_text;
  });
  return parameters;
}

BatchOptions batch_options(const TrainingRecipe& recipe, const TrainingRun& run,
                           const ModelConfig& config) {
  BatchOptions options;
  options.batch = recipe.batch;
  options.side = static_cast<int>(config.picture_side());
  options.augmentation = recipe.augmentation;
  options.seed = recipe.seed;
  options.threads = run.threads;
  if (run.group == nullptr) return options;
  options.rank = run.group->rank();
  options.world = run.group->world();
  if (recipe.batch % options.world != 0)
    fail(ErrorKind::usage, "a batch of {} cannot be shared by {} processes; take a multiple of {}",
         recipe.batch, options.world, options.world);
  return options;
}

// What decides the weights: where a run may stop early the evaluation does, but not where its
// pictures lie.
std::string decisive_text(const TrainingRecipe& recipe) {
  Json json = recipe_json(recipe);
  if (recipe.evaluation.patience == 0) json.erase("evaluate");
  if (json.contains("evaluate"))
    for (Json& set : json["evaluate"]["set"]) set.erase("images");
  return json_text(json);
}

std::int64_t short_hash(const std::string& text) {
  constexpr std::size_t kDigits = 15;
  return std::stoll(sha256(text).substr(0, kDigits), nullptr, 16);
}

class Training {
 public:
  Training(const TrainingRecipe& recipe, const TrainingRun& run)
      : recipe_(recipe),
        run_(run),
        recipe_text_(decisive_text(recipe)),
        context_(compute_context({run.device, Precision::fp32, run.threads})),
        parameters_(begin_with(recipe, run)),
        data_(recipe.data, batch_options(recipe, run, parameters_->config())),
        optimiser_(recipe.optimiser),
        step_(parameters_,
              {recipe.micro_batch, recipe.repeats, recipe.lock_image, recipe.lock_text,
               recipe.precision},
              run.group) {}

  TrainingSummary run() {
    const ComputeThreads threads = context_->use();
    take_up();
    require_same_start();
    log_.emplace(run_.output / log_name(), done_);
    Progress progress("train", static_cast<std::uint64_t>(recipe_.steps));
    progress.advance(static_cast<std::uint64_t>(done_));
    const double start = now();
    const std::int64_t begun_at = done_;
    bool stopped_early = false;
    while (done_ < recipe_.steps && !(stopped_early = stops_early())) {
      if (run_.stop_after > 0 && done_ - begun_at >= run_.stop_after) break;
      check_interrupt_with_checkpoint();
      one_step();
      progress.advance(1);
      if (done_ % recipe_.checkpoint_every == 0 && done_ < recipe_.steps) save();
    }
    finish(now() - start, begun_at, stopped_early);
    return summary_;
  }

 private:
  [[nodiscard]] bool leads() const { return run_.group == nullptr || run_.group->rank() == 0; }
  [[nodiscard]] std::string log_name() const {
    return leads() ? "log.jsonl" : fmt::format("log.{}.jsonl", run_.group->rank());
  }
  [[nodiscard]] fs::path checkpoints() const { return run_.output / "checkpoints"; }

  // Processes that begin with different weights would add up gradients of different models.
  void require_same_start() const {
    if (run_.group == nullptr) return;
    const auto steps = run_.group->gather_numbers(done_);
    const auto begins =
        run_.group->gather_numbers(short_hash(recipe_text_ + parameters_->config().weights_sha256));
    for (std::size_t rank = 1; rank < steps.size(); ++rank)
      if (steps[rank] != steps[0] || begins[rank] != begins[0])
        fail(ErrorKind::input,
             "process {} is at step {} and process 0 at step {}{}: all need the same recipe, model "
             "and output folder",
             rank, steps[rank], steps[0],
             begins[rank] != begins[0] ? ", with another recipe or model" : "");
  }

  void take_up() {
    if (leads())
      for (const fs::path& folder : {run_.output, checkpoints()})
        if (fs::exists(folder)) remove_orphans(folder);
    const auto newest = newest_checkpoint(checkpoints());
    if (!newest) return;
    const TrainingState state = load_checkpoint(*newest, *parameters_, optimiser_, recipe_text_);
    done_ = summary_.resumed_at = state.step;
    position_ = state.data;
    data_.resume(position_);
    log_info("going on from {}", newest->string());
  }

  // A signal ends the run after the step that is done, not between checkpoints.
  void check_interrupt_with_checkpoint() {
    try {
      check_interrupt();
    } catch (...) {
      save();
      throw;
    }
  }

  void one_step() {
    const double start = now();
    TrainingBatch batch;
    double waited = 0;
    double loss = 0;
    try {
      batch = data_.next();
      waited = now() - start;
      loss = step_.run(batch);
    } catch (...) {
      keep_what_is_done();
      throw;
    }
    const double rate = rate_at({recipe_.rate, recipe_.warm_up, recipe_.steps}, done_);
    require_number("loss", loss, rate);
    const double most = recipe_.clip_gradients > 0 ? recipe_.clip_gradients
                                                   : std::numeric_limits<double>::infinity();
    const double length = clip_gradients(*parameters_, most);
    require_number("length of the gradients", length, rate);
    optimiser_.step(*parameters_, rate,
                    [&](const std::string& name) { return rate_share(name, recipe_); });
    clear_gradients();
    clamp_scale();
    ++done_;
    position_ = batch.position;
    summary_.replaced += batch.replaced;
    waited_ += waited;
    note(loss, rate, length, now() - start, waited);
  }

  // What failed before the weights moved takes nothing from them.
  void keep_what_is_done() {
    clear_gradients();
    try {
      save();
    } catch (const Error& error) {
      log_warning("no checkpoint could be written: {}", error.what());
    }
  }

  void note(double loss, double rate, double length, double seconds, double waited) {
    last_loss_ = loss;
    const std::int64_t every = recipe_.evaluation.every;
    const bool evaluated = every > 0 && (done_ % every == 0 || done_ == recipe_.steps);
    if (!evaluated && done_ % run_.log_every != 0 && done_ != 1 && done_ != recipe_.steps) return;
    LoggedStep step{done_,
                    loss,
                    std::exp(parameters_->at(kLogScale).item<double>()),
                    rate,
                    length,
                    static_cast<double>(recipe_.batch) / seconds,
                    waited / seconds};
    if (evaluated) evaluate(step);
    log_->add(step);
  }

  // Every process does it, so that all end together.
  void evaluate(LoggedStep& step) {
    expect(run_.evaluate != nullptr, "a recipe with evaluations, and nothing that evaluates");
    step.figures = run_.evaluate(recipe_.evaluation, *parameters_);
    const std::optional<double> score = step.score();
    const LoggedStep* before = best();
    if (!score || (before != nullptr && *before->score() >= *score) || !leads()) return;
    save_model_folder(run_.output / "best", parameters_->stored());
  }

  // The first of the best; null where nothing has been evaluated.
  [[nodiscard]] const LoggedStep* best() const {
    const LoggedStep* found = nullptr;
    for (const LoggedStep& step : log_->steps())
      if (step.score() && (found == nullptr || *step.score() > *found->score())) found = &step;
    return found;
  }

  [[nodiscard]] bool out_of_patience() const {
    const LoggedStep* found = best();
    if (recipe_.evaluation.patience == 0 || found == nullptr) return false;
    const auto since = std::ranges::count_if(log_->steps(), [&](const LoggedStep& step) {
      return step.step > found->step && step.score().has_value();
    });
    return since >= recipe_.evaluation.patience;
  }

  // As the first process finds, so that all end together.
  [[nodiscard]] bool stops_early() const {
    if (recipe_.evaluation.patience == 0) return false;
    const bool own = out_of_patience();
    return run_.group == nullptr ? own : run_.group->gather_numbers(own ? 1 : 0)[0] == 1;
  }

  void require_number(const char* what, double value, double rate) const {
    if (std::isfinite(value)) return;
    const auto last = newest_checkpoint(checkpoints());
    fail(ErrorKind::input,
         "the {} is no number at step {} (learning rate {}): a lower rate or clipped gradients may "
         "help; the last checkpoint is {}",
         what, done_ + 1, rate, last ? last->string() : "none yet");
  }

  void clear_gradients() const {
    for (const Parameters::Entry& entry : parameters_->entries())
      entry.tensor.mutable_grad() = torch::Tensor();
  }

  void clamp_scale() const {
    const torch::NoGradGuard no_grad;
    torch::Tensor scale = parameters_->at(kLogScale);
    scale.clamp_(0, std::log(recipe_.most_logit_scale));
  }

  void save() {
    if (!leads() || done_ == 0) return;
    make_folder(checkpoints());
    save_checkpoint(checkpoints(), *parameters_, optimiser_, {done_, recipe_text_, position_},
                    recipe_.keep_checkpoints);
    write_file_atomically(run_.output / "loss.svg", loss_svg(log_->steps()));
  }

  void finish(double seconds, std::int64_t begun_at, bool stopped_early) {
    const auto steps_here = static_cast<double>(done_ - begun_at);
    summary_.steps = done_;
    summary_.captions_cut = step_.cut_captions();
    summary_.stopped_early = stopped_early;
    summary_.complete = done_ == recipe_.steps || summary_.stopped_early;
    if (const LoggedStep* found = best()) {
      summary_.best_score = found->score();
      summary_.best_step = found->step;
    }
    if (!log_->steps().empty()) summary_.first_loss = log_->steps().front().loss;
    summary_.last_loss = log_->steps().empty() ? last_loss_ : log_->steps().back().loss;
    if (steps_here > 0) {
      summary_.samples_per_s = static_cast<double>(recipe_.batch) * steps_here / seconds;
      summary_.data_wait = waited_ / seconds;
    }
    save();
    if (summary_.complete && leads()) {
      StoredModel model = parameters_->stored();
      save_model_folder(run_.output / "model", std::move(model));
    }
  }

  const TrainingRecipe& recipe_;
  const TrainingRun& run_;
  std::string recipe_text_;
  std::shared_ptr<const ComputeContext> context_;
  std::shared_ptr<Parameters> parameters_;
  TrainingData data_;
  AdamW optimiser_;
  ContrastiveStep step_;
  std::optional<TrainingLog> log_;
  std::int64_t done_ = 0;
  std::string position_;
  double waited_ = 0;
  double last_loss_ = 0;
  TrainingSummary summary_;
};

}  // namespace

TrainingSummary train_model(const TrainingRecipe& recipe, const TrainingRun& run) {
  recipe.validate();
  make_folder(run.output);
  std::optional<FileLock> lock;
  if (run.group == nullptr || run.group->rank() == 0) lock.emplace(run.output / ".lock");
  return Training(recipe, run).run();
}

}  // namespace skyglot
