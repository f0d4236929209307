// SPDX-License-Identifier: Apache-2.0
// A whole training: from a recipe to a model folder, taken up again where it was interrupted.
#pragma once

#include "nn/compute.hpp"

#include "train/recipe.hpp"
#include "train/training_log.hpp"
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace skyglot {

class Parameters;
class ProcessGroup;

/// Figures of a model on the sets of a plan, in their order.
using Evaluate = std::function<std::vector<EvaluatedFigure>(const EvaluationPlan& plan,
                                                            const Parameters& parameters)>;

struct TrainingRun {
  std::filesystem::path output;
  int threads = 0;
  std::int64_t log_every = 1;   ///< steps
  std::int64_t stop_after = 0;  ///< steps done here before it ends with a checkpoint; 0: never
  Device device = Device::cpu;
  ProcessGroup* group = nullptr;  ///< null: one process
  Evaluate evaluate;              ///< needed where the recipe has evaluations
};

struct TrainingSummary {
  std::int64_t steps = 0;       ///< done in all
  std::int64_t resumed_at = 0;  ///< steps that earlier runs had done
  double first_loss = 0;        ///< of the first and the last step of all runs
  double last_loss = 0;
  double samples_per_s = 0;          ///< of this run
  double data_wait = 0;              ///< share of this run's time that waited for data
  std::int64_t replaced = 0;         ///< pictures that could not be used
  std::int64_t captions_cut = 0;     ///< longer than the text tower's context, in this run
  std::optional<double> best_score;  ///< mean of the figures of the best evaluation
  std::int64_t best_step = 0;
  bool stopped_early = false;
  bool complete = false;
};

/// Layout of the output folder:
///   checkpoints/00000500.safetensors   see checkpoint.hpp
///   log.jsonl                          a line a step: step, loss, scale, rate, samples_per_s, ...
///   loss.svg                           the same as a plot
///   model/                             the trained model, when all steps are done or patience is
///   best/                              the model of the best evaluation so far
/// The same recipe gives the same model on the same processor, however often the run was
/// interrupted. Throws Error(input) where another run is in the folder, the checkpoint is of
/// another recipe, or the loss is no number (naming step, rate and the last good checkpoint);
/// Error(usage) where the batch cannot be shared by the processes.
TrainingSummary train_model(const TrainingRecipe& recipe, const TrainingRun& run);

}  // namespace skyglot
