// SPDX-License-Identifier: Apache-2.0
#include "cli/index_search.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "cli/command.hpp"
#include "cli/imagery_options.hpp"
#include "cli/index_query.hpp"
#include "embed/job.hpp"
#include "eval/one_model.hpp"
#include "osm/object_store.hpp"
#include "pictures/jpeg.hpp"
#include "raster/area_file.hpp"

#include "search/contact_sheet.hpp"
#include "search/heat_map.hpp"
#include "search/place_files.hpp"
#include "search/place_pictures.hpp"
#include "search/shape_filter.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr int kSheetQuality = 90;

class PlaceSearch : public IndexSearch {
 public:
  void add_to(CLI::App& app) override {
    query_.add_to(app);
    app.add_option("--bbox", bbox_, "WEST,SOUTH,EAST,NORTH in degrees: places in it (index)")
        ->delimiter(',')
        ->expected(4);
    app.add_option("--area", area_, "Vector file: places in its polygons (index)");
    app.add_option("--from", filter_.first_date, "First day, such as 2021-06-01 (index)");
    app.add_option("--to", filter_.last_date, "Last day (index)");
    app.add_option("--min-gsd", filter_.least_gsd_m, "Metres a pixel, at least (index)");
    app.add_option("--max-gsd", filter_.most_gsd_m, "Metres a pixel, at most (index)");
    app.add_option("--collection", filter_.collections, "Codes of collections (index)")
        ->delimiter(',');
    app.add_option("--objects", objects_, "Object store that --tag looks in (index)");
    app.add_option("--tag", tags_, "KEY=VALUE, or KEY: windows that show such an object (index)");
    app.add_option("--min-percentile", places_.least_percentile,
                   "No places below this percentile (index)")
        ->check(CLI::Range(0.0, 100.0));
    app.add_option("--overlap", places_.most_overlap,
                   "Windows that share more of the smaller one are one place (index)")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_option("--output", output_, "Places as .geojson, .gpkg or .csv (index)");
    app.add_option("--sheet", sheet_, "Contact sheet of the places, .jpg (index)");
    app.add_option("--heatmap", heat_map_, "Cosines of the whole area as a GeoTIFF (index)");
    add_overwrite(app, overwrite_);
  }

  [[nodiscard]] bool takes(const fs::path& folder) const override {
    return is_index_folder(folder);
  }

  [[nodiscard]] std::string given() const override {
    if (!query_.empty()) return "what is added or taken away";
    if (!bbox_.empty() || !area_.empty() || !objects_.empty() || !tags_.empty() ||
        !filter_.empty() || places_.least_percentile > 0)
      return "a filter";
    if (!output_.empty()) return "--output";
    if (!heat_map_.empty()) return "--heatmap";
    return sheet_.empty() ? "" : "--sheet";
  }

  int run(const SearchRequest& request) override {
    prepare(request);
    WindowIndex index = WindowIndex::open(request.vectors);
    std::optional<std::vector<std::int64_t>> rows;
    if (!filter_.empty() || !tags_.empty()) rows = passing(index);
    const std::vector<float> scores = window_scores(index, query_for(request, index));
    const auto places = best_places(index, scores, rows ? &*rows : nullptr, places_);
    if (!output_.empty()) write_places(output_, places);
    if (!sheet_.empty()) write_sheet(index, places);
    if (!heat_map_.empty()) (void)write_heat_map(heat_map_, index, scores, rows ? &*rows : nullptr);
    show(places, request.common.json);
    return kDone;
  }

 private:
  // What can be refused before anything is opened.
  void prepare(const SearchRequest& request) {
    places_.k = request.k;
    if (!bbox_.empty()) {
      Box box{bbox_[0], bbox_[1], bbox_[2], bbox_[3]};
      if (box.max_x < box.min_x) box.max_x += 360;
      filter_.bbox_lonlat = box;
    }
    if (tags_.empty() == !objects_.empty())
      fail(ErrorKind::usage,
           "--objects and --tag belong together: a store, and what to find in it");
    if (!area_.empty()) filter_.areas_lonlat = read_areas_lonlat(area_);
    filter_.validate();
    if (!output_.empty()) {
      require_place_ending(output_);
      refuse_existing(output_, overwrite_);
    }
    for (const fs::path& path : {sheet_, heat_map_})
      if (!path.empty()) refuse_existing(path, overwrite_);
  }

  [[nodiscard]] std::vector<std::int64_t> passing(WindowIndex& index) const {
    const ImageryCatalogue catalogue = index.catalogue();
    for (const std::string& code : filter_.collections) (void)catalogue.collection(code);
    auto rows = index.windows().passing(filter_);
    if (!tags_.empty()) rows = rows_showing(index, &rows, tagged_shapes());
    if (rows.empty())
      fail(ErrorKind::input, "no window of {} passes the filters", index.folder().string());
    return rows;
  }

  [[nodiscard]] bool is_wanted(const Tag& tag) const {
    return std::ranges::any_of(tags_, [&](const std::string& wanted) {
      return wanted == tag.key || wanted == to_string(tag);
    });
  }

  // Of the objects that carry any of the tags.
  [[nodiscard]] std::vector<Geometry> tagged_shapes() const {
    const auto store = ObjectStore::open(objects_);
    std::set<std::int64_t> fids;
    for (const StoredTag& known : store->tags())
      if (is_wanted(known.tag))
        for (const std::int64_t fid : store->ids_with_tag(known.id)) fids.insert(fid);
    if (fids.empty())
      fail(ErrorKind::input, "{} holds no object with {}", objects_, join(tags_, " or "));
    std::vector<Geometry> shapes;
    for (const std::int64_t fid : fids) shapes.push_back(store->object(fid).geometry_lonlat);
    return shapes;
  }

  [[nodiscard]] std::vector<float> query_for(const SearchRequest& request,
                                             WindowIndex& index) const {
    std::optional<Encoders> encoders;
    if (query_.needs_model(request.sentences)) {
      encoders.emplace(request.model,
                       ComputeOptions{Device::cpu, Precision::fp32, request.common.thread_count()});
      OneModel one;
      one.meet(request.vectors.string(), index.model());
      one.meet(request.model.string(), about_model(encoders->config()));
    }
    const Encoders* towers = encoders ? &*encoders : nullptr;
    return query_.direction(request.sentences, index, towers);
  }

  void write_sheet(const WindowIndex& index, const std::vector<FoundPlace>& places) const {
    const SheetLayout layout;
    const auto pictures = place_pictures(index, places, 2 * layout.side);
    write_file_atomically(sheet_, encode_jpeg(contact_sheet(pictures, layout), kSheetQuality));
  }

  static void show(const std::vector<FoundPlace>& places, bool json) {
    if (json) {
      for (const FoundPlace& place : places) print_json(place_json(place));
      return;
    }
    std::vector<std::vector<std::string>> rows{
        {"", "place", "cosine", "percentile", "longitude", "latitude", "metres"}};
    for (const FoundPlace& place : places) {
      const Box box = bounding_box(place.window.footprint_lonlat);
      const auto number = [&](double value, int decimals) {
        return box.empty() ? "" : format_fixed(value, decimals);
      };
      rows.push_back({std::to_string(rows.size()), place.window.id,
                      format_fixed(static_cast<double>(place.score), 3),
                      format_fixed(place.percentile, 3), number(box.centre().x, 5),
                      number(box.centre().y, 5), number(place.window.size_m, 0)});
    }
    print_table(rows);
  }

  IndexQuery query_;
  std::vector<double> bbox_;
  WindowFilter filter_;
  std::string objects_;
  std::vector<std::string> tags_;
  PlaceOptions places_;
  fs::path area_, output_, sheet_, heat_map_;
  bool overwrite_ = false;
};

}  // namespace

std::unique_ptr<IndexSearch> make_index_search() {
  return std::make_unique<PlaceSearch>();
}

}  // namespace skyglot
