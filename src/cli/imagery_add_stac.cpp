// SPDX-License-Identifier: Apache-2.0
// skyglot imagery add-stac: catalogues the assets of STAC items.
#include "cli/command.hpp"
#include "cli/imagery_options.hpp"
#include "imagery/stac_source.hpp"

namespace skyglot {
namespace {

class ImageryAddStac : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "imagery add-stac"; }
  [[nodiscard]] std::string summary() const override {
    return "Catalogue the assets of STAC items from a file, a web address or an API search";
  }

  void setup(CLI::App& app) override {
    app.add_option("SOURCE", import_.source.location,
                   "File or address of an item, item collection, catalogue or API")
        ->required();
    imagery_.add_to(app);
    add_bbox(app, import_.source.filter.bbox_lonlat);
    app.add_option("--datetime", import_.source.filter.datetime,
                   "Day or interval of days A/B; .. leaves an end open");
    app.add_option("--collections", import_.source.filter.collections,
                   "STAC collections to take, with commas between")
        ->delimiter(',');
    app.add_option(
        "--asset", import_.asset,
        "Key of the asset to catalogue, e.g. visual, or of three to join: red,green,blue");
    app.add_option("--limit", import_.source.page_size, "Items an API gives at a time");
    app.add_option("--max-items", import_.source.max_items, "Items to read at most (1000)");
    app.add_option("--timeout", import_.source.timeout_s, "Seconds one request may take (60)")
        ->check(CLI::Range(1, 3600));
    app.add_option("--date", import_.scenes.date, "Day all scenes were taken");
  }

  int run() override {
    import_.collection = imagery_.collection;
    import_.scenes.bands = imagery_.collection.bands;
    import_.scenes.data = imagery_.data;
    import_.threads = imagery_.common.thread_count();
    import_.source.validate();
    import_.collection.validate();
    ImageryCatalogue catalogue = catalogue_to_extend(imagery_.output, imagery_.overwrite);
    const CatalogueCounts counts = import_stac(import_, catalogue);
    return imagery_.finish(catalogue, counts);
  }

 private:
  ImageryOptions imagery_;
  StacImport import_;
};

}  // namespace

std::unique_ptr<Command> make_imagery_add_stac() {
  return std::make_unique<ImageryAddStac>();
}

}  // namespace skyglot
