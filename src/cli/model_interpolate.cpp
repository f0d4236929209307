// SPDX-License-Identifier: Apache-2.0
// skyglot model interpolate: the model between what was and what was learned.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/interpolate.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class ModelInterpolate : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model interpolate"; }
  [[nodiscard]] std::string summary() const override {
    return "Average two models of one kind, e.g. before and after training (WiSE-FT)";
  }

  void setup(CLI::App& app) override {
    app.add_option("FROM", from_, "Model folder, e.g. what training began with")->required();
    app.add_option("TO", to_, "Model folder, e.g. what it ended with")->required();
    app.add_option("--share", share_, "Of the second model, 0 to 1")->capture_default_str();
    add_output(app, output_, "Folder to write");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    refuse_existing(output_, overwrite_);
    const StoredModel model = interpolate(load_model_folder(from_), load_model_folder(to_), share_);
    save_model_folder(output_, model);
    if (common_.json)
      print_json({{"model", output_.string()}, {"share", share_}});
    else
      fmt::print("{}\n", output_.string());
    return kDone;
  }

 private:
  fs::path from_, to_, output_;
  double share_ = 0.5;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_interpolate() {
  return std::make_unique<ModelInterpolate>();
}

}  // namespace skyglot
