// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/toml_table.hpp"
#include "weights/model_folder.hpp"

#include <fmt/core.h>

#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

fs::path below(const fs::path& folder, const std::string& path) {
  return path.empty() ? fs::path() : (folder / path).lexically_normal();
}

// The folder named, or where there is none the model of that name that comes with skyglot.
fs::path model_below(const fs::path& folder, const std::string& model) {
  const fs::path here = below(folder, model);
  const fs::path known = model_folder_of(model);
  return fs::exists(here) || known == model ? here : known;
}

TrainingSource read_source(const toml::table& toml, const std::string& name,
                           const fs::path& folder) {
  TomlTable table(toml, "data.", name);
  TrainingSource source;
  std::vector<std::string> images;
  std::string root;
  std::string names;
  table.require("images");
  table.read("images", images);
  table.read("root", root);
  table.read("caption", source.caption);
  table.read("templates", source.templates);
  table.read("names", names);
  table.read("weight", source.weight);
  table.refuse_the_rest();
  for (const std::string& path : images) source.images.push_back(below(folder, path));
  source.root = below(folder, root);
  if (!names.empty()) {
    const fs::path path = below(folder, names);
    source.names = LabelNames(read_file(path), path.string());
  }
  return source;
}

void read_augmentation(const toml::table& toml, const std::string& name, Augmentation& a) {
  TomlTable table(toml, "augment.", name);
  table.read("least_scale", a.least_scale);
  table.read("most_scale", a.most_scale);
  table.read("least_ratio", a.least_ratio);
  table.read("most_ratio", a.most_ratio);
  table.read("jitter", a.jitter);
  table.read("white_balance", a.white_balance);
  table.read("coarsest", a.coarsest);
  table.read("quarter_turns", a.quarter_turns);
  table.read("flips", a.flips);
  table.refuse_the_rest();
}

void read_optimiser(const toml::table& toml, const std::string& name, TrainingRecipe& r) {
  TomlTable table(toml, "optimiser.", name);
  table.read("rate", r.rate);
  table.read("image_rate", r.image_rate);
  table.read("text_rate", r.text_rate);
  table.read("warm_up", r.warm_up);
  table.read("beta_1", r.optimiser.beta_1);
  table.read("beta_2", r.optimiser.beta_2);
  table.read("epsilon", r.optimiser.epsilon);
  table.read("weight_decay", r.optimiser.weight_decay);
  table.read("clip_gradients", r.clip_gradients);
  table.refuse_the_rest();
}

void read_training(const toml::table& toml, const std::string& name, TrainingRecipe& r) {
  TomlTable table(toml, "train.", name);
  std::string repeats = to_string(r.repeats);
  std::string precision = to_string(r.precision);
  std::int64_t seed = 0;
  table.read("batch", r.batch);
  table.read("micro_batch", r.micro_batch);
  table.read("steps", r.steps);
  table.read("repeats", repeats);
  table.read("most_logit_scale", r.most_logit_scale);
  table.read("lock_image", r.lock_image);
  table.read("lock_text", r.lock_text);
  table.read("precision", precision);
  table.read("seed", seed);
  table.read("checkpoint_every", r.checkpoint_every);
  table.read("keep_checkpoints", r.keep_checkpoints);
  table.refuse_the_rest();
  r.repeats = parse_repeats(repeats);
  r.precision = parse_precision(precision);
  r.seed = static_cast<std::uint64_t>(seed);
}

EvaluatedSet read_evaluated_set(const toml::table& toml, const std::string& name,
                                const fs::path& folder) {
  TomlTable table(toml, "evaluate.set.", name);
  EvaluatedSet set;
  std::vector<std::string> images;
  table.require("benchmark");
  table.require("images");
  table.read("benchmark", set.benchmark);
  table.read("images", images);
  table.refuse_the_rest();
  for (const std::string& path : images) set.images.push_back(below(folder, path));
  return set;
}

void read_evaluation(const toml::table& toml, const std::string& name, const fs::path& folder,
                     EvaluationPlan& plan) {
  TomlTable table(toml, "evaluate.", name);
  table.read("every", plan.every);
  table.read("patience", plan.patience);
  for (const toml::table* set : table.tables("set"))
    plan.sets.push_back(read_evaluated_set(*set, name, folder));
  table.refuse_the_rest();
}

Json evaluation_json(const EvaluationPlan& plan) {
  Json sets = Json::array();
  for (const EvaluatedSet& set : plan.sets) {
    Json images = Json::array();
    for (const fs::path& path : set.images) images.push_back(path.string());
    sets.push_back({{"benchmark", set.benchmark}, {"images", images}});
  }
  return {{"every", plan.every}, {"patience", plan.patience}, {"set", sets}};
}

Json source_json(const TrainingSource& source) {
  Json images = Json::array();
  for (const fs::path& path : source.images) images.push_back(path.string());
  return {{"images", images},
          {"root", source.root.string()},
          {"caption", source.caption},
          {"templates", source.templates},
          {"names_sha256", source.names.hash()},
          {"weight", source.weight}};
}

void demand(bool right, std::vector<std::string>& problems, std::string problem) {
  if (!right) problems.push_back(std::move(problem));
}

}  // namespace

void TrainingRecipe::validate() const {
  std::vector<std::string> problems;
  demand(!model.empty(), problems, "no model to begin with (model = \"FOLDER\", or --model)");
  demand(!data.empty(), problems, "no data ([[data]], or --data)");
  demand(batch >= 2, problems, fmt::format("batch {} (at least 2: a pair needs others)", batch));
  demand(micro_batch >= 0, problems, fmt::format("micro_batch {} (at least 0)", micro_batch));
  demand(steps >= 1, problems, fmt::format("steps {} (at least 1)", steps));
  demand(warm_up >= 0, problems, fmt::format("warm_up {} (at least 0)", warm_up));
  demand(rate > 0 && std::isfinite(rate), problems, fmt::format("rate {} (above 0)", rate));
  const auto is_factor = [](double value) { return value > 0 && std::isfinite(value); };
  demand(is_factor(image_rate) && is_factor(text_rate), problems,
         fmt::format("image_rate {}, text_rate {} (above 0; lock a tower that is to stay as it is)",
                     image_rate, text_rate));
  const auto is_share = [](double value) { return value >= 0 && value < 1; };
  demand(
      is_share(optimiser.beta_1) && is_share(optimiser.beta_2), problems,
      fmt::format("beta_1 {}, beta_2 {} (0 or more, below 1)", optimiser.beta_1, optimiser.beta_2));
  demand(optimiser.epsilon > 0 && std::isfinite(optimiser.epsilon), problems,
         fmt::format("epsilon {} (above 0)", optimiser.epsilon));
  demand(optimiser.weight_decay >= 0 && std::isfinite(optimiser.weight_decay), problems,
         fmt::format("weight_decay {} (0 or more)", optimiser.weight_decay));
  demand(clip_gradients >= 0, problems,
         fmt::format("clip_gradients {} (0 or more)", clip_gradients));
  demand(most_logit_scale > 1, problems,
         fmt::format("most_logit_scale {} (above 1)", most_logit_scale));
  demand(!(lock_image && lock_text), problems, "both towers are locked: nothing could learn");
  demand(checkpoint_every >= 1, problems,
         fmt::format("checkpoint_every {} (at least 1)", checkpoint_every));
  demand(keep_checkpoints >= 1, problems,
         fmt::format("keep_checkpoints {} (at least 1)", keep_checkpoints));
  demand(evaluation.every >= 0 && evaluation.patience >= 0, problems,
         fmt::format("evaluate: every {}, patience {} (0 or more)", evaluation.every,
                     evaluation.patience));
  demand((evaluation.every > 0) == !evaluation.sets.empty(), problems,
         "evaluate: 'every' and at least one [[evaluate.set]] belong together");
  demand(evaluation.patience == 0 || evaluation.every > 0, problems,
         "evaluate: 'patience' needs evaluations ('every')");
  if (!problems.empty()) fail(ErrorKind::usage, "training recipe: {}", join(problems, "; "));
  augmentation.validate();
}

TrainingRecipe parse_training_recipe(std::string_view toml, const std::string& name,
                                     const fs::path& folder) {
  const toml::table parsed = parse_toml(toml, name);
  TomlTable table(parsed, "", name);
  TrainingRecipe recipe;
  std::string model;
  table.read("model", model);
  recipe.model = model_below(folder, model);
  for (const toml::table* source : table.tables("data"))
    recipe.data.push_back(read_source(*source, name, folder));
  if (const toml::table* section = table.table("augment"))
    read_augmentation(*section, name, recipe.augmentation);
  if (const toml::table* section = table.table("optimiser")) read_optimiser(*section, name, recipe);
  if (const toml::table* section = table.table("evaluate"))
    read_evaluation(*section, name, folder, recipe.evaluation);
  if (const toml::table* section = table.table("train")) read_training(*section, name, recipe);
  table.refuse_the_rest();
  return recipe;
}

Json recipe_json(const TrainingRecipe& r) {
  Json data = Json::array();
  for (const TrainingSource& source : r.data) data.push_back(source_json(source));
  const Augmentation& a = r.augmentation;
  return {{"model", r.model.string()},
          {"data", data},
          {"augment",
           {{"least_scale", a.least_scale},
            {"most_scale", a.most_scale},
            {"least_ratio", a.least_ratio},
            {"most_ratio", a.most_ratio},
            {"jitter", a.jitter},
            {"white_balance", a.white_balance},
            {"coarsest", a.coarsest},
            {"quarter_turns", a.quarter_turns},
            {"flips", a.flips}}},
          {"optimiser",
           {{"rate", r.rate},
            {"image_rate", r.image_rate},
            {"text_rate", r.text_rate},
            {"warm_up", r.warm_up},
            {"beta_1", r.optimiser.beta_1},
            {"beta_2", r.optimiser.beta_2},
            {"epsilon", r.optimiser.epsilon},
            {"weight_decay", r.optimiser.weight_decay},
            {"clip_gradients", r.clip_gradients}}},
          {"train",
           {{"batch", r.batch},
            {"micro_batch", r.micro_batch},
            {"steps", r.steps},
            {"repeats", to_string(r.repeats)},
            {"most_logit_scale", r.most_logit_scale},
            {"lock_image", r.lock_image},
            {"lock_text", r.lock_text},
            {"precision", to_string(r.precision)},
            {"seed", r.seed}}},
          {"evaluate", evaluation_json(r.evaluation)}};
}

}  // namespace skyglot
