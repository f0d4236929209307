// SPDX-License-Identifier: Apache-2.0
// skyglot landcover map: the classes of a raster as a raster.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/look_options.hpp"
#include "cli/options.hpp"
#include "eval/prompts.hpp"
#include "nn/encoder.hpp"
#include "weights/model_folder.hpp"

#include "landcover/map_polygons.hpp"
#include "landcover/map_preview.hpp"
#include "landcover/open_vocabulary.hpp"
#include "landcover/scene_map.hpp"
#include <fmt/core.h>

#include <optional>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class LandcoverMap : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "landcover map"; }
  [[nodiscard]] std::string summary() const override {
    return "Draw the classes of land of a raster";
  }

  void setup(CLI::App& app) override {
    app.add_option("RASTER", raster_, "Raster or picture of any size")->required();
    app.add_option("--model", model_,
                   "Model that 'landcover train' wrote; with --open-vocabulary one of pictures and "
                   "texts");
    app.add_flag("--open-vocabulary", open_vocabulary_,
                 "No trained classes: those of --names, by the model's patches and texts");
    app.add_option("--names", names_, "Classes as in \"water|river, forest, field\"");
    app.add_option("--templates", templates_, "File of prompts with {c} for a name")
        ->capture_default_str();
    app.add_option("--overlap", options_.segment.overlap, "Share that tiles have in common")
        ->capture_default_str();
    app.add_flag("!--no-flip", options_.segment.flip, "See each tile once, not in a mirror too");
    app.add_flag("--confidence", options_.confidence, "A second band: percent of the best class");
    CLI::Option* crf = app.add_flag("--crf", crf_, "Sharpen borders along colours");
    app.add_option("--crf-margin", options_.crf_margin, "Pixels around a block that the CRF sees")
        ->needs(crf)
        ->capture_default_str();
    add_bands(app, look_.bands);
    add_stretch_and_data(app, look_.stretch, look_.data);
    add_memory(app, options_.memory);
    choice_.add_to(app);
    add_output(app, options_.output, "GeoTIFF to write");
    CLI::Option* polygons = app.add_option("--polygons", polygons_.output,
                                           "GeoPackage to write the classes to as polygons");
    app.add_option("--min-area", polygons_.least_area,
                   "Square metres; smaller polygons go to their largest neighbour")
        ->needs(polygons);
    app.add_option("--simplify", polygons_.simplify, "Metres that borders of polygons may move")
        ->needs(polygons);
    app.add_option("--preview", preview_, "SVG to write: imagery, map and legend as a picture");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    if (crf_) options_.crf.emplace();
    options_.validate();
    refuse_existing(options_.output, overwrite_);
    check_side_outputs();
    const auto context = compute_context(choice_.options(common_.thread_count()));
    const StoredLandcover drawn = open_vocabulary_ ? by_names(context) : by_training();
    const LandcoverModel& model = drawn.model;
    const Ground ground = Ground::open({raster_}, shown_as(model.look, look_));
    if (ground.scenes().size() != 1)
      fail(ErrorKind::usage, "{} holds {} rasters; draw one at a time", raster_.string(),
           ground.scenes().size());
    if (ground.scenes().front().crs_wkt.empty())
      log_warning("{} has no place on the earth; the map will have none", raster_.string());
    const ImageEncoder encoder(drawn.backbone, context);
    const SceneMapSummary summary = map_scene(ground, 0, encoder, model, options_);
    if (!polygons_.output.empty()) polygon_count_ = write_map_polygons(options_.output, polygons_);
    if (!preview_.empty())
      write_file_atomically(preview_, map_preview_svg(ground, 0, options_.output,
                                                      {model.classes.classes, summary.counts}));
    if (common_.json)
      show_json(summary, model);
    else
      show(summary, model);
    return kDone;
  }

 private:
  // What would fail when all the work is done.
  void check_side_outputs() const {
    polygons_.validate();
    for (const fs::path& path : {polygons_.output, preview_}) {
      if (path.empty()) continue;
      refuse_existing(path, overwrite_);
      if (path == options_.output || (path == preview_ && path == polygons_.output))
        fail(ErrorKind::usage, "the map, its polygons and its preview cannot both be {}",
             path.string());
      const fs::path folder = fs::absolute(path).parent_path();
      if (!fs::is_directory(folder))
        fail(ErrorKind::input, "{} cannot be written: {} is no folder", path.string(),
             folder.string());
    }
  }

  [[nodiscard]] StoredLandcover by_training() const {
    if (model_.empty())
      fail(ErrorKind::usage, "--model is missing: a folder that 'landcover train' wrote");
    if (!names_.empty())
      fail(ErrorKind::usage,
           "--names draws classes with --open-vocabulary; to name trained classes use 'skyglot "
           "landcover name'");
    return load_landcover(model_);
  }

  [[nodiscard]] StoredLandcover by_names(const std::shared_ptr<const ComputeContext>& context) {
    if (names_.empty()) fail(ErrorKind::usage, "--open-vocabulary needs --names");
    const auto vocabulary = parse_vocabulary(names_);
    StoredModel stored = load_model_folder(model_.empty() ? fs::path(kDefaultModel) : model_);
    const TextEncoder texts(stored, context);
    LandcoverModel model =
        open_vocabulary_model(stored, texts, vocabulary, read_templates(templates_));
    options_.segment.sharpness = logit_sharpness(stored);
    return {std::move(stored), std::move(model)};
  }

  void show_json(const SceneMapSummary& summary, const LandcoverModel& model) const {
    Json classes = Json::array();
    for (std::size_t i = 0; i < summary.counts.size(); ++i)
      classes.push_back({{"name", model.classes.classes[i].name}, {"pixels", summary.counts[i]}});
    Json json = {{"output", options_.output.string()},
                 {"pixels", summary.pixels},
                 {"classes", classes},
                 {"blocks", summary.blocks},
                 {"resumed", summary.resumed},
                 {"seconds", summary.seconds}};
    if (polygon_count_) json["polygons"] = *polygon_count_;
    print_json(json);
  }

  void show(const SceneMapSummary& summary, const LandcoverModel& model) const {
    fmt::print("{}: {} pixels{}\n", options_.output.string(),
               format_count(static_cast<std::uint64_t>(summary.pixels)),
               summary.resumed > 0 ? fmt::format(", {} of {} blocks by earlier runs",
                                                 summary.resumed, summary.blocks)
                                   : "");
    std::vector<std::vector<std::string>> rows{{"class", "share"}};
    for (std::size_t i = 0; i < summary.counts.size(); ++i)
      rows.push_back({model.classes.classes[i].name,
                      format_fixed(100 * static_cast<double>(summary.counts[i]) /
                                       static_cast<double>(summary.pixels),
                                   1) +
                          "%"});
    print_table(rows);
    if (polygon_count_)
      fmt::print("{}: {} polygons\n", polygons_.output.string(),
                 format_count(static_cast<std::uint64_t>(*polygon_count_)));
  }

  fs::path raster_, model_, preview_;
  std::string names_, templates_ = "templates/skyscript.txt";
  bool open_vocabulary_ = false;
  GroundLook look_;
  SceneMapOptions options_;
  PolygonOptions polygons_;
  std::optional<std::int64_t> polygon_count_;
  bool overwrite_ = false, crf_ = false;
  ComputeChoice choice_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_landcover_map() {
  return std::make_unique<LandcoverMap>();
}

}  // namespace skyglot
