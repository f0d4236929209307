// SPDX-License-Identifier: Apache-2.0
#include "cli/imagery_options.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/look_options.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

std::string reasons_text(const CatalogueCounts& counts) {
  std::string text;
  for (const auto& [reason, count] : counts.skipped)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), reason);
  return text.empty() ? "none" : text;
}

void print_counts(const ImageryOptions& options, const CatalogueCounts& counts) {
  if (options.common.json) {
    print_json({{"output", options.output.string()},
                {"collection", options.collection.code},
                {"added", counts.added},
                {"updated", counts.updated},
                {"skipped", counts.skipped}});
    return;
  }
  fmt::print("{}: collection {}: {} added, {} updated; skipped: {}\n", options.output.string(),
             options.collection.code, format_count(counts.added), format_count(counts.updated),
             reasons_text(counts));
}

std::uint64_t serious(const CatalogueCounts& counts) {
  const auto found = counts.skipped.find("not_a_raster");
  return counts.skipped_total() - (found == counts.skipped.end() ? 0 : found->second);
}

}  // namespace

void ImageryOptions::add_to(CLI::App& app) {
  app.add_option("--collection", collection.code,
                 "Code of the collection: two letters or digits, e.g. US or S2")
      ->required();
  add_output(app, output, "Catalogue to make or to add to (imagery.gpkg)");
  app.add_flag("--overwrite", overwrite, "Start a new catalogue instead of adding to the old one");
  app.add_option("--name", collection.name, "Name of the collection");
  app.add_option("--licence", collection.licence, "Licence of the collection's scenes");
  app.add_option("--attribution", collection.attribution, "Whom to name as the source");
  app.add_option("--gsd", collection.gsd_m,
                 "Nominal ground sample distance in metres; chips are resampled to it");
  app.add_option("--bands", collection.bands,
                 "Red, green and blue band by number or name (4,3,2), or one band")
      ->delimiter(',');
  add_stretch_and_data(app, collection.stretch, data);
  app.add_flag("--restretch", collection.restretch,
               "Work out the stretch of a collection again that has one");
  app.add_option("--max-skipped", max_skipped,
                 "End with exit code 3 if more items than this cannot be used");
  common.add_to(app);
}

void add_bbox(CLI::App& app, std::optional<Box>& bbox_lonlat) {
  app.add_option_function<std::vector<double>>(
         "--bbox",
         [&bbox_lonlat](const std::vector<double>& sides) {
           Box box{sides.at(0), sides.at(1), sides.at(2), sides.at(3)};
           if (box.max_x < box.min_x) box.max_x += 360;
           bbox_lonlat = box;
         },
         "Box to search: WEST,SOUTH,EAST,NORTH in degrees")
      ->delimiter(',')
      ->expected(4);
}

int ImageryOptions::finish(const ImageryCatalogue& catalogue, const CatalogueCounts& counts) const {
  if (counts.added + counts.updated == 0)
    fail(ErrorKind::input, "no scene found for collection {}; skipped: {}", collection.code,
         reasons_text(counts));
  write_catalogue(output, catalogue);
  print_counts(*this, counts);
  return serious(counts) > max_skipped ? kTooManySkipped : kDone;
}

}  // namespace skyglot
