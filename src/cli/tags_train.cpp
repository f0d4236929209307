// SPDX-License-Identifier: Apache-2.0
// skyglot tags train: the classifier that tells which tags can be seen, from labelled ones.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/search_options.hpp"
#include "embed/embed.hpp"

#include "curate/tag_vectors.hpp"
#include "curate/tag_words.hpp"
#include "curate/train_visibility.hpp"
#include <fmt/core.h>
#include <tbb/global_control.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::vector<std::string>>;

std::string percent(double share) {
  return fmt::format("{:.1f}%", 100 * share);
}

Json trials_json(const StageReport& report) {
  Json trials = Json::array();
  for (const GridTrial& trial : report.trials)
    trials.push_back({{"components", trial.components}, {"c", trial.c}, {"score", trial.score}});
  return trials;
}

Json calibration_json(const StageReport& report) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : report.calibration)
    bins.push_back(
        {{"count", bin.count}, {"predicted", bin.predicted}, {"observed", bin.observed}});
  return bins;
}

Json worst_json(const StageReport& report) {
  Json worst = Json::array();
  for (const WrongTag& wrong : report.worst)
    worst.push_back({{"tag", wrong.tag},
                     {"labelled", wrong.labelled},
                     {"said", wrong.said},
                     {"confidence", wrong.confidence}});
  return worst;
}

Json stage_json(const StageReport& report) {
  Json json{{"components", report.components}, {"c", report.c}, {"accuracy", report.accuracy}};
  if (report.classes.size() == 2) json["f1"] = report.f1;
  json["mean_class_error"] = report.mean_class_error;
  json["calibration_error"] = report.calibration_error;
  json["calibration"] = calibration_json(report);
  json["classes"] = report.classes;
  json["confusion"] = report.confusion.counts;
  json["worst"] = worst_json(report);
  json["trials"] = trials_json(report);
  return json;
}

void print_stage(const char* title, const StageReport& report) {
  fmt::print("\n{}\n", title);
  Rows rows{{"figure", "in cross-validation"}, {"accuracy", percent(report.accuracy)}};
  if (report.classes.size() == 2) rows.push_back({"F1", fmt::format("{:.3f}", report.f1)});
  if (report.classes.size() > 2)
    rows.push_back({"mean class error", fmt::format("{:.3f}", report.mean_class_error)});
  rows.push_back({"calibration error", percent(report.calibration_error)});
  rows.push_back({"components", std::to_string(report.components)});
  rows.push_back({"C", format_double(report.c)});
  print_table(rows);
  fmt::print("\n{}", confusion_text(report.confusion));
  Rows worst{{"most wrong", "labelled", "said", "sure"}};
  for (const WrongTag& wrong : report.worst)
    worst.push_back({wrong.tag, wrong.labelled, wrong.said, percent(wrong.confidence)});
  fmt::print("\n");
  print_table(worst);
}

class TagsTrain : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "tags train"; }
  [[nodiscard]] std::string summary() const override {
    return "Learn from labelled tags which can be seen from above";
  }

  void setup(CLI::App& app) override {
    add_model(app, model_, "Model folder whose text tower reads the tags");
    app.add_option("--labels", labels_, "Labelled tags (CSV); default: the table built in");
    app.add_option(
           "--wording", wording_,
           "How a tag is said, with {key} and {value}; parts with | between them are read apart")
        ->capture_default_str();
    add_search_options(app, training_, "tags");
    app.add_flag("--ordinal", training_.ordinal,
                 "Levels by one direction with thresholds, instead of one direction each");
    app.add_option("--worst", training_.worst, "Mistakes to list of each stage")
        ->capture_default_str();
    add_output(app, output_, "Classifier to write (.safetensors)");
    app.add_option("--report", report_, "File for the report as JSON");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    training_.validate();
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(common_.thread_count()));
    refuse_existing(output_, overwrite_);
    if (!report_.empty()) refuse_existing(report_, overwrite_);
    const VisibilityTable table =
        labels_.empty() ? VisibilityTable::built_in()
                        : VisibilityTable::parse(read_file(labels_), labels_.string());
    const std::vector<LabelledTag> tags = labelled_tags(table);
    const Encoders encoders(model_, {Device::cpu, Precision::fp32, common_.thread_count()});
    TrainedVisibility trained = train_visibility(embedded(encoders, tags), tags, training_);
    trained.classifier.about = about(encoders.config());
    trained.classifier.save(output_);
    const Json json = report_json(trained, tags.size());
    if (!report_.empty()) write_file_atomically(report_, json_text(json, 1) + "\n");
    show(trained, json, tags.size());
    return kDone;
  }

 private:
  [[nodiscard]] RowSource embedded(const Encoders& encoders,
                                   const std::vector<LabelledTag>& tags) const {
    std::vector<Tag> plain;
    for (const LabelledTag& tag : tags) plain.push_back(tag.tag);
    EmbedOptions options;
    options.threads = common_.thread_count();
    return RowSource(std::make_shared<const Matrix>(
        tag_vectors(plain, wording_, text_model(encoders.text()), options)));
  }

  [[nodiscard]] std::map<std::string, std::string> about(const ModelConfig& config) const {
    return {{"skyglot", version()},
            {"model", config.architecture},
            {"model_sha256", config.weights_sha256},
            {"wording", wording_}};
  }

  [[nodiscard]] Json report_json(const TrainedVisibility& trained, std::size_t tags) const {
    return {{"classifier", output_.string()},
            {"tags", tags},
            {"levels", training_.ordinal ? "ordinal" : "multinomial"},
            {"folds", training_.folds},
            {"seed", training_.seed},
            {"about", trained.classifier.about},
            {"visible", stage_json(trained.visible)},
            {"level", stage_json(trained.level)}};
  }

  void show(const TrainedVisibility& trained, const Json& json, std::size_t tags) const {
    if (common_.json) return print_json(json);
    fmt::print("{} labelled tags, {} folds: {}\n", format_count(tags), training_.folds,
               output_.string());
    print_stage("Can it be seen from above?", trained.visible);
    print_stage("Up to which ground sample distance (m)?", trained.level);
  }

  fs::path model_, labels_, output_, report_;
  std::string wording_ = kTagWording;
  VisibilityTraining training_;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_tags_train() {
  return std::make_unique<TagsTrain>();
}

}  // namespace skyglot
