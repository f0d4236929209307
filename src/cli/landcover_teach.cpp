// SPDX-License-Identifier: Apache-2.0
// skyglot landcover teach: a map's objects teach a model their classes.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/look_options.hpp"
#include "cli/options.hpp"
#include "nn/encoder.hpp"
#include "weights/model_folder.hpp"

#include "landcover/teaching.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class LandcoverTeach : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "landcover teach"; }
  [[nodiscard]] std::string summary() const override {
    return "Learn the classes of a map's objects, faults and all";
  }

  void setup(CLI::App& app) override {
    app.add_option("MODEL", model_, "Model that 'landcover train' wrote")->required();
    app.add_option("IMAGES", images_, "Rasters that the map lies over, and folders of them")
        ->required();
    app.add_option("--objects", objects_, "Object store: 'objects import' makes it")->required();
    app.add_option("--rules", rules_, "CSV: which tags are which class, in place of the built-in");
    app.add_option("--inset", request_.options.inset_m,
                   "Metres from an object's edge that do not count")
        ->capture_default_str();
    app.add_option("--least-share", request_.options.least_share,
                   "Share of a patch that must lie inside objects of one class")
        ->capture_default_str();
    app.add_option("--robustness", request_.options.robustness,
                   "0: every label is believed; towards 1: less those that the rest contradicts")
        ->capture_default_str();
    app.add_flag("!--no-agreement", request_.options.agreement,
                 "Labels count alike, whatever the clusters say");
    app.add_option("--penalty-c", request_.options.c, "Inverse strength of the probe's penalty")
        ->capture_default_str();
    app.add_option("--overlap", request_.layout.overlap, "Share that tiles have in common")
        ->capture_default_str();
    app.add_option("--cache", request_.cache, "Folder for features (OUTPUT.features)");
    add_bands(app, look_.bands);
    add_stretch_and_data(app, look_.stretch, look_.data);
    choice_.add_to(app);
    add_output(app, output_, "Folder of the taught model");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    request_.options.validate();
    refuse_existing(output_ / "landcover.json", overwrite_);
    if (request_.cache.empty()) request_.cache = output_.string() + ".features";
    auto [backbone, model] = load_landcover(model_);
    ObjectLabels objects = open_object_labels(objects_, rules_);
    const Ground ground = Ground::open(images_, shown_as(model.look, look_));
    const ImageEncoder encoder(backbone, compute_context(choice_.options(common_.thread_count())));
    request_.layout.side = model.tile;
    TaughtClasses taught = taught_by_map(ground, encoder, model, objects, request_);
    model.classes = std::move(taught.classes);
    model.about["taught_by"] = objects_;
    save_landcover_model(output_, model, backbone);
    if (common_.json)
      show_json(model, taught);
    else
      show(model, taught);
    return kDone;
  }

 private:
  void show_json(const LandcoverModel& model, const TaughtClasses& taught) const {
    Json classes = Json::array();
    for (std::size_t i = 0; i < taught.patches.size(); ++i)
      classes.push_back({{"name", model.classes.classes[i].name},
                         {"patches", taught.patches[i]},
                         {"weight", taught.agreement[i]}});
    print_json({{"output", output_.string()}, {"classes", classes}});
  }

  static void show(const LandcoverModel& model, const TaughtClasses& taught) {
    std::vector<std::vector<std::string>> rows{{"class", "patches", "mean weight"}};
    for (std::size_t i = 0; i < taught.patches.size(); ++i)
      rows.push_back({model.classes.classes[i].name,
                      format_count(static_cast<std::uint64_t>(taught.patches[i])),
                      format_fixed(taught.agreement[i], 2)});
    print_table(rows);
  }

  fs::path model_, rules_, output_;
  std::vector<fs::path> images_;
  std::string objects_;
  TeachingRequest request_;
  bool overwrite_ = false;
  GroundLook look_;
  ComputeChoice choice_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_teach() {
  return std::make_unique<LandcoverTeach>();
}

}  // namespace skyglot
