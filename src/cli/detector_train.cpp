// SPDX-License-Identifier: Apache-2.0
// skyglot detector train: what tells pictures taken from above from all others.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/options.hpp"
#include "cli/search_options.hpp"

#include "curate/overhead_detector.hpp"
#include <fmt/core.h>
#include <tbb/global_control.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class DetectorTrain : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "detector train"; }
  [[nodiscard]] std::string summary() const override {
    return "Learn to tell pictures taken from above from all others";
  }

  void setup(CLI::App& app) override {
    app.add_option("--overhead", overhead_, "Folders, tars, lists or data sets of overhead imagery")
        ->required();
    app.add_option("--other", other_, "The same of other pictures")->required();
    add_model(app, model_, "Model folder whose image tower looks at them");
    add_search_options(app, training_, "pictures");
    compute_.add_to(app);
    add_output(app, output_, "Detector to write (.safetensors)");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    training_.validate();
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(common_.thread_count()));
    refuse_existing(output_, overwrite_);
    EmbedOptions options;
    options.threads = common_.thread_count();
    const Encoders encoders(model_, compute_.options(options.threads));
    const PictureModel pictures = picture_model(encoders.image());
    const DetectorExamples overhead = embed_examples(overhead_, pictures, options);
    const DetectorExamples other = embed_examples(other_, pictures, options);
    TrainedDetector trained = train_detector(overhead, other, training_);
    trained.detector.about = {{"skyglot", version()},
                              {"model", encoders.config().architecture},
                              {"model_sha256", encoders.config().weights_sha256}};
    trained.detector.save(output_);
    show(trained.report, overhead.ids.size(), other.ids.size());
    return kDone;
  }

 private:
  void show(const StageReport& report, std::size_t overhead, std::size_t other) const {
    if (common_.json)
      return print_json({{"detector", output_.string()},
                         {"overhead", overhead},
                         {"other", other},
                         {"components", report.components},
                         {"c", report.c},
                         {"accuracy", report.accuracy},
                         {"f1", report.f1},
                         {"calibration_error", report.calibration_error},
                         {"confusion", report.confusion.counts}});
    fmt::print("{} overhead pictures, {} others, {} folds: {}\n", format_count(overhead),
               format_count(other), training_.folds, output_.string());
    print_table({{"figure", "in cross-validation"},
                 {"accuracy", fmt::format("{:.2f}%", 100 * report.accuracy)},
                 {"F1", fmt::format("{:.4f}", report.f1)},
                 {"calibration error", fmt::format("{:.2f}%", 100 * report.calibration_error)},
                 {"components", std::to_string(report.components)},
                 {"C", format_double(report.c)}});
  }

  std::vector<fs::path> overhead_, other_;
  fs::path model_, output_;
  ComputeChoice compute_;
  VisibilityTraining training_;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_detector_train() {
  return std::make_unique<DetectorTrain>();
}

}  // namespace skyglot
