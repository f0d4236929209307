// SPDX-License-Identifier: Apache-2.0
// skyglot landcover score: maps against labelled truth.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"

#include "landcover/truth.hpp"
#include <fmt/core.h>

#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

struct ScoredMap {
  std::string name;
  MapScore score;
};

// Mean and deviation of a figure over the samples.
struct Spread {
  double mean = 0, deviation = 0;
};

Spread spread_of(const std::vector<ScoredMap>& maps, double MapScore::*figure) {
  Spread spread;
  for (const ScoredMap& one : maps) spread.mean += one.score.*figure;
  spread.mean /= static_cast<double>(maps.size());
  for (const ScoredMap& one : maps)
    spread.deviation += std::pow(one.score.*figure - spread.mean, 2);
  spread.deviation =
      maps.size() > 1 ? std::sqrt(spread.deviation / static_cast<double>(maps.size() - 1)) : 0;
  return spread;
}

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
    common_.add_to(app);
  }

  int run() override {
    const Matching matching = parse_matching(matching_);
    TruthLegend legend;
    if (!legend_file_.empty())
      legend = parse_legend(read_file(legend_file_), legend_file_.string());
    legend.ignored = ignored_;
    std::vector<ScoredMap> scored;
    for (const auto& [map, truth] : maps_with_truth(maps_, truth_)) {
      const ClusterCounts counts = count_pixels(map, truth, legend, matching == Matching::named);
      scored.push_back({map.stem().string(), score_map(counts, matching)});
      const MapScore& score = scored.back().score;
      if (score.accuracy < score.one_class)
        log_warning(
            "{}: right for {:.1f} % of the pixels; one class for everything would be for "
            "{:.1f} %",
            map.string(), 100 * score.accuracy, 100 * score.one_class);
    }
    if (common_.json)
      show_json(scored);
    else
      show(scored);
    return kDone;
  }

 private:
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

  void show_json(const std::vector<ScoredMap>& scored) const {
    for (const ScoredMap& one : scored) {
      Json line{{"map", one.name}, {"matching", matching_}};
      line.update(score_json(one.score));
      print_json(line);
    }
    const auto both = [](const Spread& s, double scale) {
      return Json{{"mean", scale * s.mean}, {"deviation", scale * s.deviation}};
    };
    print_json({{"maps", scored.size()},
                {"matching", matching_},
                {"accuracy", both(spread_of(scored, &MapScore::accuracy), 100)},
                {"one_class", both(spread_of(scored, &MapScore::one_class), 100)},
                {"kappa", both(spread_of(scored, &MapScore::kappa), 1)},
                {"mean_iou", both(spread_of(scored, &MapScore::mean_iou), 100)}});
  }

  static void show(const std::vector<ScoredMap>& scored) {
    std::vector<std::vector<std::string>> rows{{"map", "accuracy", "one class", "kappa", "mIoU"}};
    for (const ScoredMap& one : scored)
      rows.push_back({one.name, format_fixed(100 * one.score.accuracy, 1),
                      format_fixed(100 * one.score.one_class, 1), format_fixed(one.score.kappa, 3),
                      format_fixed(100 * one.score.mean_iou, 1)});
    if (scored.size() > 1)
      for (const bool mean : {true, false}) {
        const auto text = [&](double MapScore::*figure, double scale, int digits) {
          const Spread spread = spread_of(scored, figure);
          return format_fixed(scale * (mean ? spread.mean : spread.deviation), digits);
        };
        rows.push_back({mean ? "mean" : "deviation", text(&MapScore::accuracy, 100, 1),
                        text(&MapScore::one_class, 100, 1), text(&MapScore::kappa, 1, 3),
                        text(&MapScore::mean_iou, 100, 1)});
      }
    print_table(rows);
    if (scored.size() > 1) return;
    std::vector<std::vector<std::string>> classes{{"class", "pixels", "IoU"}};
    for (const ClassIou& one : scored.front().score.classes)
      classes.push_back({one.name, format_count(static_cast<std::uint64_t>(one.pixels)),
                         one.iou ? format_fixed(100 * *one.iou, 1) : "-"});
    print_table(classes);
  }

  fs::path maps_, truth_, legend_file_;
  std::vector<int> ignored_;
  std::string matching_ = "hungarian";
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_score() {
  return std::make_unique<LandcoverScore>();
}

}  // namespace skyglot
