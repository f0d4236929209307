// SPDX-License-Identifier: Apache-2.0
// skyglot model inspect: what a model folder or a checkpoint holds.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/checkpoint.hpp"
#include "weights/model_folder.hpp"
#include "weights/normalisation.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::vector<std::string>>;

std::uint64_t parameters(const TensorMap& tensors) {
  std::uint64_t count = 0;
  for (const auto& [name, tensor] : tensors)
    count += static_cast<std::uint64_t>(tensor.element_count());
  return count;
}

Json tensors_json(const TensorMap& tensors) {
  Json list = Json::array();
  for (const auto& [name, tensor] : tensors)
    list.push_back(Json{{"name", name}, {"type", to_string(tensor.type)}, {"shape", tensor.shape}});
  return list;
}

void print_tensors(const TensorMap& tensors) {
  Rows rows{{"name", "type", "shape"}};
  for (const auto& [name, tensor] : tensors)
    rows.push_back({name, std::string(to_string(tensor.type)), shape_text(tensor.shape)});
  print_table(rows);
}

std::string transformer_text(const TransformerConfig& t) {
  return fmt::format("width {}, {} layers, {} heads, MLP {}", t.width, t.layers, t.heads,
                     t.mlp_width);
}

Rows model_rows(const StoredModel& model) {
  const ModelConfig& c = model.config;
  Rows rows{{"architecture", c.architecture + " (" + to_string(c.kind) + ")"},
            {"image tower",
             fmt::format("{}, {} px in patches of {}{}", transformer_text(c.vision.transformer),
                         c.vision.image_size, c.vision.patch_size,
                         c.vision.bands == 3 ? "" : fmt::format(", {} bands", c.vision.bands))}};
  if (c.text)
    rows.push_back({"text tower", fmt::format("{}, context {}, vocabulary {}",
                                              transformer_text(c.text->transformer),
                                              c.text->context_length, c.text->vocabulary)});
  rows.insert(rows.end(),
              {{"embedding", std::to_string(c.embedding_width)},
               {"parameters", format_count(parameters(model.weights))},
               {"activation", to_string(c.vision.transformer.activation)},
               {"normalisation", to_string(Normalisation{c.preprocess.mean, c.preprocess.std})},
               {"resize", fmt::format("{} to {} px, {}; pictures of {} px",
                                      to_string(c.preprocess.resize), c.resize_side(),
                                      to_string(c.preprocess.interpolation), c.picture_side())},
               {"source", c.source},
               {"source SHA-256", c.source_sha256},
               {"weights SHA-256", c.weights_sha256},
               {"licence", c.licence.empty() ? "not stated" : c.licence}});
  return rows;
}

std::string processor_row(const Json& product) {
  return fmt::format("{:.0f} GFLOP/s a thread{}{}", product.at("gflops_a_thread").get<double>(),
                     product.at("library").get<bool>() ? ", for comparison" : "",
                     product.at("right").get<bool>() ? "" : ", computes wrongly: not taken");
}

Rows speed_rows(const Json& speed) {
  const std::string narrow =
      speed.at("bf16").is_null()
          ? "none that are faster: weights are rounded to bf16 and multiplied in fp32"
          : speed.at("bf16").get<std::string>();
  Rows rows{{"processor", speed.at("processor").get<std::string>()},
            {"threads", std::to_string(speed.at("threads").get<int>())},
            {"fp32 products by", speed.at("fp32").get<std::string>()},
            {"bf16 products by", narrow}};
  for (const Json& product : speed.at("measured"))
    rows.push_back({product.at("name").get<std::string>(), processor_row(product)});
  rows.push_back({"measured", speed.at("from_cache").get<bool>()
                                  ? "earlier, see " + speed.at("cache").get<std::string>()
                                  : "now"});
  return rows;
}

class ModelInspect : public Command {
 public:
  explicit ModelInspect(SpeedReport speed) : speed_report_(std::move(speed)) {}
  [[nodiscard]] std::string name() const override { return "model inspect"; }
  [[nodiscard]] std::string summary() const override {
    return "Show what a model folder or a checkpoint holds";
  }

  void setup(CLI::App& app) override {
    app.add_option("PATH", path_,
                   "Model folder, the name of the one that comes with skyglot, or any checkpoint "
                   "'model import' reads");
    app.add_flag("--speed", speed_, "Show what multiplies on this processor, and how fast");
    app.add_option("--take", take_, "Entry of the checkpoint to look at, e.g. student");
    app.add_flag("--tensors", tensors_, "Print every tensor with its type and shape");
    common_.add_to(app);
  }

  int run() override {
    if (path_.empty() && !speed_) fail(ErrorKind::usage, "give a PATH to look at, or --speed");
    if (speed_) show_speed();
    if (path_.empty()) return kDone;
    path_ = model_folder_of(path_);
    if (fs::exists(path_ / "config.json") && fs::exists(path_ / "model.safetensors") && is_ours())
      show_model();
    else
      show_checkpoint();
    return kDone;
  }

 private:
  // A Hugging Face folder has files of the same names; its configuration says nothing of a hash.
  [[nodiscard]] bool is_ours() const {
    try {
      (void)load_model_folder(path_, false);
      return true;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::input) return false;
      throw;
    }
  }

  void show_speed() const {
    expect(speed_report_ != nullptr, "--speed is skyglot-learn's");
    const Json speed = speed_report_();
    if (common_.json) return print_json(speed);
    print_table(speed_rows(speed));
  }

  void show_model() const {
    const StoredModel model = load_model_folder(path_);
    if (common_.json) {
      Json json{{"kind", "model"},
                {"parameters", parameters(model.weights)},
                {"config", to_json(model.config)}};
      if (tensors_) json["tensors"] = tensors_json(model.weights);
      return print_json(json);
    }
    print_table(model_rows(model));
    if (tensors_) print_tensors(model.weights);
  }

  void show_checkpoint() const {
    const Checkpoint checkpoint = open_checkpoint(path_, take_);
    if (common_.json) {
      Json json{{"kind", "checkpoint"},
                {"container", to_string(checkpoint.container)},
                {"entry", checkpoint.chosen},
                {"other_entries", checkpoint.other_entries},
                {"metadata", checkpoint.metadata},
                {"parameters", parameters(checkpoint.tensors)},
                {"tensors", tensors_json(checkpoint.tensors)}};
      return print_json(json);
    }
    fmt::print("checkpoint: {}{}\n", to_string(checkpoint.container),
               checkpoint.chosen.empty() ? "" : ", entry " + checkpoint.chosen);
    for (const std::string& other : checkpoint.other_entries) fmt::print("also holds: {}\n", other);
    fmt::print("tensors: {}, parameters: {}\n", checkpoint.tensors.size(),
               format_count(parameters(checkpoint.tensors)));
    if (tensors_) print_tensors(checkpoint.tensors);
  }

  fs::path path_;
  std::string take_;
  bool tensors_ = false;
  bool speed_ = false;
  SpeedReport speed_report_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_inspect(SpeedReport speed) {
  return std::make_unique<ModelInspect>(std::move(speed));
}

}  // namespace skyglot
