// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_options.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "eval/confusion_file.hpp"
#include "weights/model_folder.hpp"

#include <fmt/core.h>

#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

void write_predictions(const fs::path& path, const EvaluationResult& result) {
  std::string text;
  for (const auto& row : result.predictions) text += csv_line(row) + "\n";
  write_file_atomically(path, text);
}

void print_tables(const EvaluationResult& result) {
  bool first = true;
  for (const TextTable& table : result.tables) {
    if (!std::exchange(first, false)) fmt::print("\n");
    if (!table.title.empty()) fmt::print("{}\n", table.title);
    print_table(table.rows);
  }
  if (result.confusion) fmt::print("\n{}", confusion_text(*result.confusion));
}

}  // namespace

void EvalOptions::add_to(CLI::App& app) {
  app.add_option("--benchmark", benchmark_,
                 "Benchmark: a built-in key (aid, eurosat, ...) or a manifest file (.toml)");
  app.add_option("--model", request.model,
                 "Model folder, as 'skyglot model import' writes it; default, where no vectors are "
                 "given: the one that comes with skyglot");
  app.add_option("--images", request.pictures.images,
                 "Pictures: folders, tars, lists (.csv), Karpathy or COCO files, data sets");
  app.add_option("--list", request.pictures.list,
                 "List with labels or captions for --images (.csv, .tsv, .json)");
  app.add_option("--image-embeddings", request.pictures.embeddings,
                 "Picture vectors in place of a model: a folder of ours, .npy, .pt, .safetensors");
  app.add_option("--labels", request.pictures.labels,
                 "What is true of --image-embeddings: one a line, .csv or .npy");
  app.add_option("--path-column", request.path_column, "Column of a list that holds the paths");
  app.add_option("--published-as", request.published_as,
                 "The model's name in tables of published figures, to compare with");
  app.add_option("--resize", resize_, "How pictures become squares: shortest, squash or tile");
  app.add_option("--max-pixels", request.max_pixels, "Largest picture that is decoded, in pixels")
      ->capture_default_str();
  compute_.add_to(app);
  app.add_option("--seed", seed_, "Seed of everything drawn at random")->capture_default_str();
  app.add_option("--bootstrap", request.bootstrap.samples, "Samples behind the confidence interval")
      ->capture_default_str();
  app.add_option("--predictions", predictions_, "Write what came out for each picture (CSV)");
  app.add_option("--cache", request.cache, "Folder that keeps picture embeddings for the next run");
  app.add_option("--max-skipped", max_skipped_,
                 "Pictures that may be skipped; more of them: exit code 3");
  add_overwrite(app, overwrite_);
  common_.add_to(app);
}

void EvalOptions::add_text_embeddings(CLI::App& app) {
  app.add_option("--text-embeddings", request.text_embeddings,
                 "Text vectors in place of a model: a folder of ours, .npy, .pt, .safetensors");
}

void EvalOptions::add_prompts(CLI::App& app) {
  app.add_option("--template", request.templates, "Prompt with {c} where the class goes");
  app.add_option("--templates", request.templates_file,
                 "File of prompts, one a line; or a built-in one: templates/skyscript.txt");
  app.add_option("--averaging", averaging_, "Of a class's prompts: normalised or raw");
  app.add_option("--wording", wording_, "Of classes in prompts: as-is, lower or blanks");
}

void EvalOptions::add_classes(CLI::App& app) {
  app.add_option(
      "--classes", request.classes,
      "Class list (.csv with label,wording; or one a line; or built-in classes/aid.csv)");
  app.add_option("--label-column", request.label_column, "Column of a list that holds the labels");
}

void EvalOptions::add_captions(CLI::App& app) {
  app.add_option("--caption-column", request.caption_column,
                 "Column of a list that holds the captions");
  app.add_option("--prefix", request.prefix, "Text put before every caption");
  app.add_flag("--capitalise,!--no-capitalise", request.capitalise,
               "Captions begin with a capital letter");
  app.add_option("--split", request.split, "Split of a Karpathy file; \"\" takes all");
}

void EvalOptions::add_train(CLI::App& app) {
  app.add_option("--train", request.train.images, "Pictures to learn from; none: held out in turn");
  app.add_option("--train-list", request.train.list, "List with labels for --train");
  app.add_option("--train-embeddings", request.train.embeddings,
                 "Vectors to learn from, with their labels by --train-labels");
  app.add_option("--train-labels", request.train.labels, "Labels of --train-embeddings");
}

void EvalOptions::add_confusion(CLI::App& app) {
  app.add_option("--confusion", confusion_, "Write the confusion matrix: .csv, .svg or .txt");
}

void EvalOptions::prepare() {
  if (request.model.empty() && request.pictures.embeddings.empty() &&
      request.train.embeddings.empty() && request.text_embeddings.empty())
    request.model = kDefaultModel;
  if (!benchmark_.empty()) request.manifest = load_manifest(benchmark_);
  if (!request.published_as.empty() && !request.manifest)
    fail(ErrorKind::usage, "--published-as needs --benchmark, whose figures it looks up");
  if (!resize_.empty()) request.resize = parse_resize_mode(resize_);
  if (!averaging_.empty()) request.averaging = parse_averaging(averaging_);
  if (!wording_.empty()) request.wording = parse_wording(wording_);
  request.compute = compute_.options(common_.threads);
  if (common_.threads > 0)
    threads_.emplace(tbb::global_control::max_allowed_parallelism,
                     static_cast<std::size_t>(common_.threads));
  request.bootstrap.seed = seed_;
  request.probe.seed = seed_;
  require_confusion_name(confusion_);
  for (const fs::path& path : {confusion_, predictions_})
    if (!path.empty()) refuse_existing(path, overwrite_);
}

int EvalOptions::report(const EvaluationResult& result) const {
  std::vector<fs::path> written;
  if (!confusion_.empty() && result.confusion) {
    const std::string title =
        request.manifest ? request.manifest->name : "Which class was taken for which";
    write_confusion(confusion_, *result.confusion, title);
    written.push_back(confusion_);
  } else if (!confusion_.empty()) {
    log_warning("one class alone has no confusion matrix; {} is not written", confusion_.string());
  }
  if (!predictions_.empty()) {
    write_predictions(predictions_, result);
    written.push_back(predictions_);
  }
  if (common_.json) {
    print_json(result.json);
  } else {
    print_tables(result);
    for (const fs::path& path : written) fmt::print("\nwritten: {}\n", path.string());
  }
  return static_cast<std::uint64_t>(result.skipped) > max_skipped_ ? kTooManySkipped : kDone;
}

}  // namespace skyglot
