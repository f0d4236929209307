// SPDX-License-Identifier: Apache-2.0
// skyglot imagery scan: catalogues the rasters in folders.
#include "cli/command.hpp"
#include "cli/imagery_options.hpp"
#include "imagery/scan.hpp"

namespace skyglot {
namespace {

class ImageryScan : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "imagery scan"; }
  [[nodiscard]] std::string summary() const override {
    return "Catalogue the georeferenced rasters in folders";
  }

  void setup(CLI::App& app) override {
    app.add_option("DIR", scan_.inputs, "Folders to walk and files to take")->required();
    imagery_.add_to(app);
    app.add_option("--date", scan_.scenes.date, "Day all scenes were taken, e.g. 2021-06-01");
    app.add_option("--date-pattern", scan_.scenes.date_pattern,
                   "Regular expression that finds the date in a file's name (its first group)");
    app.add_option("--crs", scan_.scenes.crs,
                   "Reference system of rasters that have none, e.g. EPSG:25832");
  }

  int run() override {
    scan_.collection = imagery_.collection;
    scan_.scenes.bands = imagery_.collection.bands;
    scan_.scenes.data = imagery_.data;
    scan_.threads = imagery_.common.thread_count();
    scan_.validate();
    ImageryCatalogue catalogue = catalogue_to_extend(imagery_.output, imagery_.overwrite);
    const CatalogueCounts counts = scan_folders(scan_, catalogue);
    return imagery_.finish(catalogue, counts);
  }

 private:
  ImageryOptions imagery_;
  ScanOptions scan_;
};

}  // namespace

std::unique_ptr<Command> make_imagery_scan() {
  return std::make_unique<ImageryScan>();
}

}  // namespace skyglot
