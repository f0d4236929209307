// SPDX-License-Identifier: Apache-2.0
// skyglot landcover score: maps against labelled truth.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "eval/confusion_file.hpp"

#include "landcover/truth.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class LandcoverScore : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "landcover score"; }
  [[nodiscard]] std::string summary() const override {
    return "Compare maps of land cover with labelled truth";
  }

  void setup(CLI::App& app) override {
    app.add_option("MAPS", maps_, "A map, or a folder of them")->required();
    app.add_option("--truth", truth_, "Its truth, or a folder of files with the maps' names")
        ->required();
    app.add_option("--legend", legend_file_,
                   "CSV with name,value or name,red,green,blue of the truth's labels");
    app.add_option("--ignore", ignored_, "Values of the truth that say nothing")->delimiter(',');
    app.add_option("--matching", matching_, "hungarian, majority or named")->capture_default_str();
    app.add_option("--confusion", confusion_file_,
                   "Write the confusion matrix of all maps: .csv, .svg or .txt");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    const Matching matching = parse_matching(matching_);
    TruthLegend legend;
    if (!legend_file_.empty())
      legend = parse_legend(read_file(legend_file_), legend_file_.string());
    legend.ignored = ignored_;
    require_confusion_name(confusion_file_);
    if (!confusion_file_.empty()) refuse_existing(confusion_file_, overwrite_);
    for (const auto& [map, truth] : maps_with_truth(maps_, truth_)) {
      const ClusterCounts counts = count_pixels(map, truth, legend, matching == Matching::named);
      add(map, score_map(counts, matching));
      add_confusion_of(confusion_, map_confusion(counts, scores_.back()));
    }
    if (!confusion_file_.empty())
      write_confusion(confusion_file_, confusion_, "True class of land, and what the maps show");
    if (common_.json)
      show_json();
    else
      show();
    return kDone;
  }

 private:
  void add(const fs::path& map, const MapScore& score) {
    if (score.accuracy < score.one_class)
      log_warning(
          "{}: right for {:.1f} % of the pixels; one class for everything would be for "
          "{:.1f} %",
          map.string(), 100 * score.accuracy, 100 * score.one_class);
    names_.push_back(map.stem().string());
    scores_.push_back(score);
  }

  static Json score_json(const MapScore& score) {
    Json classes = Json::array();
    for (const ClassIou& one : score.classes)
      classes.push_back({{"name", one.name},
                         {"pixels", one.pixels},
                         {"iou", one.iou ? Json(100 * *one.iou) : Json(nullptr)}});
    return {{"accuracy", 100 * score.accuracy},
            {"one_class", 100 * score.one_class},
            {"kappa", score.kappa},
            {"mean_iou", 100 * score.mean_iou},
            {"classes", classes}};
  }

  void show_json() const {
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      Json line{{"map", names_[i]}, {"matching", matching_}};
      line.update(score_json(scores_[i]));
      print_json(line);
    }
    const auto both = [](const ScoreSpread& s, double scale) {
      return Json{{"mean", scale * s.mean}, {"deviation", scale * s.deviation}};
    };
    print_json({{"maps", scores_.size()},
                {"matching", matching_},
                {"accuracy", both(spread_of(scores_, &MapScore::accuracy), 100)},
                {"one_class", both(spread_of(scores_, &MapScore::one_class), 100)},
                {"kappa", both(spread_of(scores_, &MapScore::kappa), 1)},
                {"mean_iou", both(spread_of(scores_, &MapScore::mean_iou), 100)}});
  }

  void show() const {
    std::vector<std::vector<std::string>> rows{{"map", "accuracy", "one class", "kappa", "mIoU"}};
    for (std::size_t i = 0; i < scores_.size(); ++i)
      rows.push_back({names_[i], format_fixed(100 * scores_[i].accuracy, 1),
                      format_fixed(100 * scores_[i].one_class, 1),
                      format_fixed(scores_[i].kappa, 3),
                      format_fixed(100 * scores_[i].mean_iou, 1)});
    if (scores_.size() > 1)
      for (const bool mean : {true, false}) {
        const auto text = [&](double MapScore::*figure, double scale, int digits) {
          const ScoreSpread spread = spread_of(scores_, figure);
          return format_fixed(scale * (mean ? spread.mean : spread.deviation), digits);
        };
        rows.push_back({mean ? "mean" : "deviation", text(&MapScore::accuracy, 100, 1),
                        text(&MapScore::one_class, 100, 1), text(&MapScore::kappa, 1, 3),
                        text(&MapScore::mean_iou, 100, 1)});
      }
    print_table(rows);
    if (scores_.size() > 1) return;
    std::vector<std::vector<std::string>> classes{{"class", "pixels", "IoU"}};
    for (const ClassIou& one : scores_.front().classes)
      classes.push_back({one.name, format_count(static_cast<std::uint64_t>(one.pixels)),
                         one.iou ? format_fixed(100 * *one.iou, 1) : "-"});
    print_table(classes);
  }

  fs::path maps_, truth_, legend_file_;
  std::vector<int> ignored_;
  std::string matching_ = "hungarian";
  fs::path confusion_file_;
  bool overwrite_ = false;
  std::vector<std::string> names_;  // of the maps
  std::vector<MapScore> scores_;
  ConfusionMatrix confusion_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_score() {
  return std::make_unique<LandcoverScore>();
}

}  // namespace skyglot
