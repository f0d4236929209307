// SPDX-License-Identifier: Apache-2.0
// skyglot imagery add-earth-engine: catalogues the images of an Earth Engine collection.
#include "cli/command.hpp"
#include "cli/imagery_options.hpp"
#include "imagery/earth_engine.hpp"

namespace skyglot {
namespace {

class ImageryAddEarthEngine : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "imagery add-earth-engine"; }
  [[nodiscard]] std::string summary() const override {
    return "Catalogue the images of an Earth Engine image collection";
  }

  void setup(CLI::App& app) override {
    app.add_option("ASSET", import_.asset, "Image collection, e.g. COPERNICUS/S2_SR_HARMONIZED")
        ->required();
    imagery_.add_to(app);
    add_bbox(app, import_.filter.bbox_lonlat);
    app.add_option("--datetime", import_.filter.datetime,
                   "Day or interval of days A/B; .. leaves an end open");
    app.add_option("--max-items", import_.max_items, "Images to take at most (1000)");
  }

  int run() override {
    import_.collection = imagery_.collection;
    import_.scenes.bands = imagery_.collection.bands;
    import_.scenes.data = imagery_.data;
    import_.threads = imagery_.common.thread_count();
    import_.validate();
    ImageryCatalogue catalogue = catalogue_to_extend(imagery_.output, imagery_.overwrite);
    const CatalogueCounts counts = import_earth_engine(import_, catalogue);
    return imagery_.finish(catalogue, counts);
  }

 private:
  ImageryOptions imagery_;
  EarthEngineImport import_;
};

}  // namespace

std::unique_ptr<Command> make_imagery_add_earth_engine() {
  return std::make_unique<ImageryAddEarthEngine>();
}

}  // namespace skyglot
