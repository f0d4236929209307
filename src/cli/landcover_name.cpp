// SPDX-License-Identifier: Apache-2.0
// skyglot landcover name: names for the classes of a model.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/look_options.hpp"
#include "cli/options.hpp"
#include "eval/prompts.hpp"
#include "nn/encoder.hpp"
#include "weights/model_folder.hpp"

#include "landcover/name_votes.hpp"
#include "landcover/open_vocabulary.hpp"
#include <fmt/core.h>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class LandcoverName : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "landcover name"; }
  [[nodiscard]] std::string summary() const override {
    return "Name the classes of a model by words, objects of a map or clicked points";
  }

  void setup(CLI::App& app) override {
    app.add_option("MODEL", model_, "Model that 'landcover train' wrote")->required();
    app.add_option("IMAGES", images_, "Rasters, pictures, and folders of them")->required();
    app.add_option("--names", names_, "Classes as in \"water|river, forest, field\"");
    app.add_option("--words", words_, "Model of pictures and texts that knows the --names")
        ->capture_default_str();
    app.add_option("--templates", templates_, "File of prompts with {c} for a name")
        ->capture_default_str();
    app.add_option("--points", points_, "CSV with name and lon, lat (or column, row and picture)");
    app.add_option("--objects", objects_, "Object store whose objects say what the land is");
    app.add_option("--rules", rules_, "CSV: which tags are which class, in place of the built-in");
    app.add_option("--inset", inset_m_, "Metres from an object's edge that say nothing")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag("--centres", centres_, "Name each centre, not each class: names draw the classes");
    app.add_option("--megapixels", megapixels_, "Of the imagery that are looked at, about")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_bands(app, look_.bands);
    add_stretch_and_data(app, look_.stretch, look_.data);
    choice_.add_to(app);
    add_output(app, output_, "Folder of the named model");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    if (int{!names_.empty()} + int{!points_.empty()} + int{!objects_.empty()} != 1)
      fail(ErrorKind::usage, "give one of --names, --points, --objects");
    refuse_existing(output_ / "landcover.json", overwrite_);
    auto [backbone, model] = load_landcover(model_);
    if (model.classes.centres.rows == 0)
      fail(ErrorKind::input, "{} was taught by a map, which named its classes", model_.string());
    if (centres_) model = with_class_a_centre(std::move(model));
    const Ground ground = Ground::open(images_, shown_as(model.look, look_));
    const auto context = compute_context(choice_.options(common_.thread_count()));
    const ImageEncoder encoder(backbone, context);
    const Segmenter clusters(ground, encoder, model, quick());
    NamedClasses named = name_classes(model.classes, votes(clusters, context));
    model.classes = std::move(named.classes);
    model.about["named_by"] = !names_.empty() ? "words" : !points_.empty() ? "points" : "objects";
    save_landcover_model(output_, model, backbone);
    write_file_atomically(output_ / "merge.csv", merge_table(named.table));
    if (common_.json)
      show_json(named.table);
    else
      show(named.table);
    return kDone;
  }

 private:
  // Names need no sharp edges: tiles side by side, each seen once.
  static SegmentOptions quick() {
    SegmentOptions options;
    options.overlap = 0.25;
    options.flip = false;
    return options;
  }

  using Context = std::shared_ptr<const ComputeContext>;

  [[nodiscard]] NameVotes votes(const Segmenter& clusters, const Context& context) const {
    if (!points_.empty())
      return votes_by_points(clusters, parse_points(read_file(points_), points_.string()));
    const auto windows =
        spread_windows(clusters.ground(), 3 * clusters.model().tile, megapixels_ * 1e6);
    if (!names_.empty()) return by_words(clusters, windows, context);
    ObjectLabels objects = open_object_labels(objects_, rules_);
    return votes_by_objects(clusters, objects, windows, inset_m_);
  }

  [[nodiscard]] NameVotes by_words(const Segmenter& clusters,
                                   const std::vector<GroundTile>& windows,
                                   const Context& context) const {
    const StoredModel stored = load_model_folder(words_);
    const ImageEncoder pictures(stored, context);
    const TextEncoder texts(stored, context);
    const LandcoverModel words =
        open_vocabulary_model(stored, texts, parse_vocabulary(names_), read_templates(templates_));
    SegmentOptions options = quick();
    options.sharpness = logit_sharpness(stored);
    return votes_by_words(clusters, Segmenter(clusters.ground(), pictures, words, options),
                          windows);
  }

  static std::string merge_table(const std::vector<NamedCluster>& table) {
    std::string csv = "cluster,name,pixels,share,second,second_share\n";
    for (const NamedCluster& one : table)
      csv += csv_line({one.cluster, one.name, std::to_string(one.pixels),
                       format_fixed(one.share, 4), one.second, format_fixed(one.second_share, 4)}) +
             "\n";
    return csv;
  }

  void show_json(const std::vector<NamedCluster>& table) const {
    Json clusters = Json::array();
    for (const NamedCluster& one : table)
      clusters.push_back({{"cluster", one.cluster},
                          {"name", one.name},
                          {"pixels", one.pixels},
                          {"share", one.share},
                          {"second", one.second},
                          {"second_share", one.second_share}});
    print_json({{"output", output_.string()}, {"clusters", clusters}});
  }

  static void show(const std::vector<NamedCluster>& table) {
    const auto percent = [](double share) { return format_fixed(100 * share, 0) + "%"; };
    std::vector<std::vector<std::string>> rows{
        {"cluster", "pixels", "name", "votes", "second", ""}};
    for (const NamedCluster& one : table)
      rows.push_back({one.cluster, format_count(static_cast<std::uint64_t>(one.pixels)), one.name,
                      percent(one.share), one.second,
                      one.second.empty() ? "" : percent(one.second_share)});
    print_table(rows);
  }

  fs::path model_, words_ = kDefaultModel, points_, rules_, output_;
  std::vector<fs::path> images_;
  std::string names_, templates_ = "templates/skyscript.txt", objects_;
  double inset_m_ = 3, megapixels_ = 20;
  bool centres_ = false, overwrite_ = false;
  GroundLook look_;
  ComputeChoice choice_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_name() {
  return std::make_unique<LandcoverName>();
}

}  // namespace skyglot
