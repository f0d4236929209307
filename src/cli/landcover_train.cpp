// SPDX-License-Identifier: Apache-2.0
// skyglot landcover train: classes of land from unlabelled imagery.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/look_options.hpp"
#include "cli/options.hpp"
#include "nn/encoder.hpp"
#include "weights/model_folder.hpp"

#include "landcover/landcover_training.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

Json epochs_json(const std::vector<EpochFigures>& epochs) {
  Json list = Json::array();
  for (const EpochFigures& one : epochs)
    list.push_back({{"epoch", one.epoch},
                    {"loss", one.loss},
                    {"self_cosine", one.self_cosine},
                    {"neighbour_cosine", one.neighbour_cosine},
                    {"random_cosine", one.random_cosine},
                    {"seconds", one.seconds},
                    {"steps_per_s", one.steps_per_s}});
  return list;
}

class LandcoverTrain : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "landcover train"; }
  [[nodiscard]] std::string summary() const override {
    return "Learn classes of land from imagery without labels";
  }

  void setup(CLI::App& app) override {
    app.add_option("IMAGES", images_, "Rasters, pictures, and folders of them")->required();
    app.add_option("--classes", recipe_.clustering.classes, "Classes to make")->required();
    add_model(app, backbone_, "Model folder of the frozen backbone");
    app.add_option(
        "--features", features_,
        "tokens (after the last norm), keys, or values; default: by the backbone's kind");
    app.add_option("--method", method_, "stego, or a baseline: features, colour")
        ->capture_default_str();
    app.add_option("--preset", recipe_.preset,
                   "Published settings by name; default: shifts tuned to the backbone");
    app.add_option("--epochs", recipe_.training.epochs, "Epochs")->capture_default_str();
    app.add_option("--batch", recipe_.training.batch, "Tiles a step")->capture_default_str();
    app.add_option("--neighbours", recipe_.training.neighbours,
                   "Nearest tiles of which one is drawn")
        ->capture_default_str();
    app.add_option("--rate", recipe_.training.rate, "Learning rate of the head")
        ->capture_default_str();
    app.add_option("--dimensions", dimensions_, "Of the code; default: the preset's, or 70");
    app.add_option("--centres", recipe_.clustering.centres,
                   "Centres that are joined to the classes")
        ->capture_default_str();
    app.add_option("--restarts", recipe_.clustering.restarts,
                   "Runs of k-means whose centres are joined together")
        ->capture_default_str();
    app.add_flag("--probe", recipe_.use_probe,
                 "Classes by the cluster probe, a centre a class, as published");
    app.add_option("--head", recipe_.head, "Model of land cover whose head is taken as it is");
    app.add_option("--tile", recipe_.layout.side, "Pixels a side that the backbone sees at once")
        ->capture_default_str();
    app.add_option("--overlap", recipe_.layout.overlap, "Share that tiles have in common")
        ->capture_default_str();
    app.add_flag("--five-crop", recipe_.layout.five_crop,
                 "Four corners and the centre of each tile, half as wide, in its place");
    app.add_option("--seed", recipe_.training.seed, "Seed of every random choice");
    app.add_option("--seeds", recipe_.seeds, "Heads to train; the one most agree with is taken")
        ->capture_default_str();
    app.add_option("--cache", recipe_.cache, "Folder for features (OUTPUT.features)");
    add_bands(app, recipe_.look.bands);
    add_stretch_and_data(app, recipe_.look.stretch, recipe_.look.data);
    choice_.add_to(app);
    add_output(app, output_, "Folder of the model");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    recipe_.method = parse_landcover_method(method_);
    recipe_.clustering.seed = recipe_.training.seed;
    if (dimensions_) recipe_.training.stego.dimensions = *dimensions_;
    if (recipe_.cache.empty()) recipe_.cache = output_.string() + ".features";
    recipe_.validate();
    refuse_existing(output_ / "landcover.json", overwrite_);
    const StoredModel stored = load_model_folder(backbone_);
    recipe_.features =
        features_.empty() ? usual_features(stored.config) : parse_feature_kind(features_);
    const auto context = compute_context(choice_.options(common_.thread_count()));
    const ImageEncoder encoder(stored, context);
    const Ground ground = Ground::open(images_, recipe_.look);
    const LandcoverTraining training = train_landcover(ground, encoder, recipe_);
    save_landcover_model(output_, training.model, stored);
    if (training.collapse) log_warning("the model collapsed: {}", *training.collapse);
    if (common_.json)
      show_json(training);
    else
      show(training);
    return kDone;
  }

 private:
  void show_json(const LandcoverTraining& t) const {
    Json seeds = Json::array();
    for (const SeedOutcome& one : t.seeds)
      seeds.push_back({{"seed", one.seed},
                       {"agreement", one.agreement},
                       {"collapse", one.collapse ? Json(*one.collapse) : Json(nullptr)},
                       {"epochs", epochs_json(one.epochs)}});
    print_json({{"output", output_.string()},
                {"tiles", t.tiles},
                {"patches", t.patches},
                {"feature_seconds", t.feature_seconds},
                {"feature_cosines",
                 {{"self", t.agreement.self},
                  {"neighbours", t.agreement.neighbours},
                  {"random", t.agreement.random}}},
                {"shifts",
                 {{"self", t.stego.self.shift},
                  {"neighbours", t.stego.neighbours.shift},
                  {"random", t.stego.random.shift}}},
                {"seeds", seeds},
                {"chosen", t.chosen},
                {"shares", t.shares},
                {"collapse", t.collapse ? Json(*t.collapse) : Json(nullptr)}});
  }

  void show(const LandcoverTraining& t) const {
    fmt::print("{}: {} classes from {} tiles, features in {:.1f} s\n", output_.string(),
               t.shares.size(), format_count(static_cast<std::uint64_t>(t.tiles)),
               t.feature_seconds);
    if (!t.seeds.empty()) {
      std::vector<std::vector<std::string>> rows{
          {"seed", "loss", "cosine self", "neighbours", "random", "agreement", ""}};
      for (std::size_t i = 0; i < t.seeds.size(); ++i) {
        const EpochFigures& last = t.seeds[i].epochs.back();
        rows.push_back({std::to_string(t.seeds[i].seed), format_fixed(last.loss, 4),
                        format_fixed(last.self_cosine, 3), format_fixed(last.neighbour_cosine, 3),
                        format_fixed(last.random_cosine, 3),
                        format_fixed(100 * t.seeds[i].agreement, 1) + "%",
                        i == t.chosen ? "taken" : ""});
      }
      print_table(rows);
    }
    std::vector<std::vector<std::string>> rows{{"class", "share"}};
    for (std::size_t i = 0; i < t.shares.size(); ++i)
      rows.push_back({t.model.classes.classes[i].name, format_fixed(100 * t.shares[i], 1) + "%"});
    print_table(rows);
  }

  std::vector<fs::path> images_;
  fs::path backbone_, output_;
  std::string features_, method_ = "stego";
  std::optional<std::int64_t> dimensions_;
  bool overwrite_ = false;
  LandcoverRecipe recipe_;
  ComputeChoice choice_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_train() {
  return std::make_unique<LandcoverTrain>();
}

}  // namespace skyglot
