// SPDX-License-Identifier: Apache-2.0
// skyglot imagery list: what an imagery catalogue holds.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "imagery/footprint.hpp"
#include "imagery/summary.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

Json box_json(const Box& box) {
  return box.empty() ? Json(nullptr) : Json{box.min_x, box.min_y, box.max_x, box.max_y};
}

Json stretch_json(const std::vector<BandStretch>& stretches) {
  Json json = Json::array();
  for (const BandStretch& stretch : stretches) json.push_back(Json{stretch.low, stretch.high});
  return json;
}

Json collection_json(const ImageryCatalogue& catalogue, const Collection& c,
                     const CollectionSummary& summary) {
  return {{"kind", "collection"},
          {"code", c.code},
          {"name", c.name},
          {"licence", licence_of(catalogue, c)},
          {"attribution", c.attribution},
          {"source", c.source},
          {"nominal_gsd_m", c.gsd_m ? Json(*c.gsd_m) : Json(nullptr)},
          {"bands", c.bands},
          {"rgb_bands", c.rgb_bands},
          {"stretches", stretch_json(c.stretches)},
          {"scenes", summary.scenes},
          {"min_gsd_m", summary.min_gsd_m},
          {"max_gsd_m", summary.max_gsd_m},
          {"first_date", summary.first_date},
          {"last_date", summary.last_date},
          {"area_km2", summary.area_km2},
          {"bbox_lonlat", box_json(summary.extent_lonlat)}};
}

Json scene_json(const Scene& s) {
  Json bands = Json::array();
  for (const BandInfo& band : s.bands)
    bands.push_back(Json{{"name", band.name}, {"type", to_string(band.type)}});
  Json files = Json::array();
  for (const SceneFile& file : s.files)
    files.push_back(Json{{"gdal_name", file.gdal_name}, {"bands", file.bands}});
  return {{"kind", "scene"},
          {"fid", s.fid},
          {"collection", s.collection_code},
          {"name", s.name},
          {"gdal_name", s.gdal_name()},
          {"width", s.width},
          {"height", s.height},
          {"gsd_m", s.gsd_m},
          {"date", s.date},
          {"bands", bands},
          {"files", files},
          {"licence", s.licence},
          {"area_km2", ground_area_m2(s.footprint_lonlat) / 1e6},
          {"bbox_lonlat", box_json(bounding_box(s.footprint_lonlat))}};
}

using Rows = std::vector<std::vector<std::string>>;

std::string range_text(const std::string& low, const std::string& high) {
  return low == high ? low : low + " to " + high;
}

Rows collection_rows(const ImageryCatalogue& catalogue,
                     const std::vector<CollectionSummary>& summaries) {
  Rows rows{{"code", "name", "scenes", "gsd_m", "dates", "area_km2", "licence"}};
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const CollectionSummary& s = summaries[i];
    const Collection& c = catalogue.collections[i];
    rows.push_back({s.code, c.name, format_count(s.scenes),
                    range_text(format_fixed(s.min_gsd_m, 3), format_fixed(s.max_gsd_m, 3)),
                    range_text(s.first_date, s.last_date), format_fixed(s.area_km2, 3),
                    licence_of(catalogue, c)});
  }
  return rows;
}

Rows scene_rows(const ImageryCatalogue& catalogue) {
  Rows rows{{"fid", "code", "name", "width", "height", "gsd_m", "date", "bands", "area_km2"}};
  for (const Scene& s : catalogue.scenes)
    rows.push_back({std::to_string(s.fid), s.collection_code, s.name, std::to_string(s.width),
                    std::to_string(s.height), format_fixed(s.gsd_m, 3), s.date,
                    std::to_string(s.bands.size()),
                    format_fixed(ground_area_m2(s.footprint_lonlat) / 1e6, 3)});
  return rows;
}

class ImageryList : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "imagery list"; }
  [[nodiscard]] std::string summary() const override {
    return "Show the collections and scenes of a catalogue";
  }

  void setup(CLI::App& app) override {
    app.add_option("CATALOGUE", path_, "Catalogue to show (imagery.gpkg)")->required();
    app.add_flag("--scenes", scenes_, "Show every scene as well");
    common_.add_to(app);
  }

  int run() override {
    const ImageryCatalogue catalogue = read_catalogue(path_);
    const auto summaries = summarise(catalogue);
    if (common_.json)
      print_objects(catalogue, summaries);
    else
      print_tables(catalogue, summaries);
    return kDone;
  }

 private:
  void print_objects(const ImageryCatalogue& catalogue,
                     const std::vector<CollectionSummary>& summaries) const {
    for (std::size_t i = 0; i < summaries.size(); ++i)
      print_json(collection_json(catalogue, catalogue.collections[i], summaries[i]));
    if (!scenes_) return;
    for (const Scene& scene : catalogue.scenes) print_json(scene_json(scene));
  }

  void print_tables(const ImageryCatalogue& catalogue,
                    const std::vector<CollectionSummary>& summaries) const {
    print_table(collection_rows(catalogue, summaries));
    if (!scenes_) return;
    fmt::print("\n");
    print_table(scene_rows(catalogue));
  }

  std::filesystem::path path_;
  bool scenes_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_imagery_list() {
  return std::make_unique<ImageryList>();
}

}  // namespace skyglot
