// SPDX-License-Identifier: Apache-2.0
// skyglot model import: a checkpoint of the field becomes a model folder.
#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/import.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

using Json = nlohmann::ordered_json;

Json tensors_json(const ImportResult& result) {
  Json matched = Json::array();
  for (const auto& [name, source] : result.matched)
    matched.push_back(Json{{"name", name}, {"source", source}});
  return {{"matched", matched}, {"missing", result.missing}, {"ignored", result.ignored}};
}

Json result_json(const ImportResult& result, const std::filesystem::path& output) {
  Json json{{"model", output.string()},
            {"container", result.container},
            {"names", result.names},
            {"entry", result.chosen},
            {"prefix", result.prefix},
            {"other_entries", result.other_entries},
            {"activation_source", result.activation_source},
            {"normalisation_source", result.normalisation_source},
            {"resize_source", result.resize_source},
            {"config", to_json(result.model.config)}};
  json.update(tensors_json(result));
  return json;
}

void print_names(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  fmt::print("{} tensors: {}\n", what, names.size());
  for (const std::string& name : names) fmt::print("  {}\n", name);
}

std::string sizes(const ModelConfig& config) {
  const VisionConfig& v = config.vision;
  std::string text = fmt::format("{} ({} px, patch {}, width {}, {} layers, {} heads",
                                 config.architecture, v.image_size, v.patch_size,
                                 v.transformer.width, v.transformer.layers, v.transformer.heads);
  if (config.text)
    text += fmt::format("; text width {}, {} layers, {} heads", config.text->transformer.width,
                        config.text->transformer.layers, config.text->transformer.heads);
  return text + fmt::format("; embedding {})", config.embedding_width);
}

void print_result(const ImportResult& result, bool every_tensor) {
  const ModelConfig& config = result.model.config;
  fmt::print("checkpoint: {}, names of {}{}{}\n", result.container, result.names,
             result.chosen.empty() ? "" : ", entry " + result.chosen,
             result.prefix.empty() ? "" : ", prefix " + result.prefix);
  fmt::print("architecture: {}\n", sizes(config));
  fmt::print("activation: {} ({})\n", to_string(config.activation), result.activation_source);
  fmt::print("normalisation: {} ({})\n",
             to_string(Normalisation{config.preprocess.mean, config.preprocess.std}),
             result.normalisation_source);
  fmt::print("resize: {} ({})\n", to_string(config.preprocess.resize), result.resize_source);
  fmt::print("matched tensors: {}\n", result.matched.size());
  if (every_tensor)
    for (const auto& [name, source] : result.matched) fmt::print("  {} <- {}\n", name, source);
  print_names("missing", result.missing);
  print_names("ignored", result.ignored);
}

class ModelImport : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model import"; }
  [[nodiscard]] std::string summary() const override {
    return "Turn a checkpoint (.pt, .pth, .ckpt, .bin, safetensors, zip) into a model folder";
  }

  void setup(CLI::App& app) override {
    app.add_option("FILE", path_,
                   "Checkpoint, index.json, zip that holds one, or Hugging Face folder")
        ->required();
    add_output(app, output_, "Folder to write (model.safetensors, config.json)");
    app.add_option("--activation", activation_,
                   "quick_gelu or gelu, where the file's origin does not tell");
    app.add_option("--normalisation", normalisation_, "clip, imagenet, half, or M,M,M:S,S,S");
    app.add_option("--take", options_.take,
                   "Entry of the checkpoint to take, e.g. teacher or student");
    app.add_option("--prefix", options_.prefix,
                   "Which tower, where names have several prefixes, e.g. net.model.");
    app.add_option("--heads", options_.heads.vision, "Attention heads of the image tower")
        ->check(CLI::PositiveNumber);
    app.add_option("--text-heads", options_.heads.text, "Attention heads of the text tower")
        ->check(CLI::PositiveNumber);
    app.add_option("--pooling", pooling_,
                   "What stands for a picture in a tower without projection: cls or mean")
        ->capture_default_str();
    app.add_option("--resize", resize_, "How pictures become square: shortest, squash or tile");
    app.add_flag("--list", every_tensor_, "Print every matched tensor as well");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    if (!activation_.empty()) options_.activation = parse_activation(activation_);
    if (!normalisation_.empty()) options_.normalisation = parse_normalisation(normalisation_);
    options_.pooling = parse_pooling(pooling_);
    if (!resize_.empty()) options_.resize = parse_resize_mode(resize_);
    refuse_existing(output_, overwrite_);
    ImportResult result = import_checkpoint(path_, options_);
    if (!common_.json) print_result(result, every_tensor_);
    require_complete(result, path_);
    save_model_folder(output_, result.model);
    if (common_.json)
      print_json(result_json(result, output_));
    else
      fmt::print("{}\n", output_.string());
    return kDone;
  }

 private:
  std::filesystem::path path_;
  std::filesystem::path output_;
  ModelImportOptions options_;
  std::string activation_;
  std::string normalisation_;
  std::string pooling_ = "cls";
  std::string resize_;
  bool every_tensor_ = false;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_import() {
  return std::make_unique<ModelImport>();
}

}  // namespace skyglot
