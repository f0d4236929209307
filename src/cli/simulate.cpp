// SPDX-License-Identifier: Apache-2.0
// skyglot simulate: a town that does not exist.
#include "simulate/simulate.hpp"

#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

class Simulate : public Command {
 public:
  std::string name() const override { return "simulate"; }
  std::string summary() const override {
    return "Grow a town that does not exist: its map and pictures of it";
  }

  void setup(CLI::App& app) override {
    add_output(app, options_.output, "Folder to make");
    app.add_option("--seed", options_.seed, "Number from which everything follows")
        ->capture_default_str();
    app.add_option("--size-km", options_.size_km,
                   "Side of the square that the aerial pictures show, 0.5 to 10")
        ->capture_default_str();
    add_overwrite(app, options_.overwrite);
    common_.add_to(app);
  }

  int run() override {
    options_.threads = common_.thread_count();
    const simulate::SimulateResult result = simulate::simulate_town(options_);
    if (common_.json)
      print_json({{"town", result.town_name},
                  {"seed", options_.seed},
                  {"size_km", options_.size_km},
                  {"features", result.features},
                  {"nodes", result.nodes},
                  {"ways", result.ways},
                  {"relations", result.relations},
                  {"kinds", result.kinds},
                  {"files", result.files},
                  {"bytes", result.bytes}});
    else
      fmt::print("{}: {} map objects of {} kinds, {} files, {} in {}\n", result.town_name,
                 format_count(result.features), result.kinds, result.files.size(),
                 format_bytes(result.bytes), options_.output.string());
    return kDone;
  }

 private:
  simulate::SimulateOptions options_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_simulate() {
  return std::make_unique<Simulate>();
}

}  // namespace skyglot
