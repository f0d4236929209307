// SPDX-License-Identifier: Apache-2.0
// skyglot model compress: a model in a quarter of its bytes.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/model_folder.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_of(const TensorMap& weights) {
  std::uint64_t bytes = 0;
  for (const auto& [name, tensor] : weights) bytes += tensor.bytes.size();
  return bytes;
}

class ModelCompress : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model compress"; }
  [[nodiscard]] std::string summary() const override {
    return "Store a model's matrices as int8 rows, a quarter of their size";
  }

  void setup(CLI::App& app) override {
    app.add_option("MODEL", from_, "Model folder")->required();
    add_output(app, output_, "Folder to write");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    refuse_existing(output_, overwrite_);
    StoredModel model = load_model_folder(from_);
    const std::uint64_t before = bytes_of(model.weights);
    store_compact(model.weights);
    const std::uint64_t after = bytes_of(model.weights);
    save_model_folder(output_, std::move(model));
    if (common_.json)
      print_json({{"model", output_.string()}, {"bytes_before", before}, {"bytes", after}});
    else
      fmt::print("{}: {} of weights, {} before\n", output_.string(), format_bytes(after),
                 format_bytes(before));
    return kDone;
  }

 private:
  fs::path from_, output_;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_compress() {
  return std::make_unique<ModelCompress>();
}

}  // namespace skyglot
