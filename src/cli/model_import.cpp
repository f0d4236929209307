// SPDX-License-Identifier: Apache-2.0
// skyglot model import: a checkpoint of the field becomes a model folder.
#include "base/error.hpp"
#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/import.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace skyglot {
namespace {

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
            {"heads_source", result.heads_source},
            {"activation_source", result.activation_source},
            {"normalisation_source", result.normalisation_source},
            {"resize_source", result.resize_source},
            {"config", to_json(result.model.config)}};
  json.update(tensors_json(result));
  return json;
}

// All of them only with --list.
void print_names(const char* what, const std::vector<std::string>& names, bool all) {
  constexpr std::size_t kShown = 10;
  if (names.empty()) return;
  fmt::print("{} tensors: {}\n", what, names.size());
  const std::size_t shown = all ? names.size() : std::min(names.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) fmt::print("  {}\n", names[i]);
  if (shown < names.size())
    fmt::print("  and {} more (--list prints them)\n", names.size() - shown);
}

std::string framing_text(const ModelConfig& config) {
  const PreprocessConfig& p = config.preprocess;
  std::string text = fmt::format("{} to {} px, {}", to_string(p.resize), config.resize_side(),
                                 to_string(p.interpolation));
  if (config.resize_side() > config.picture_side())
    text += fmt::format(", of it the middle {} px", config.picture_side());
  return text;
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
  fmt::print("heads: {} ({})\n", config.vision.transformer.heads, result.heads_source);
  fmt::print("activation: {} ({})\n", to_string(config.vision.transformer.activation),
             result.activation_source);
  fmt::print("normalisation: {} ({})\n",
             to_string(Normalisation{config.preprocess.mean, config.preprocess.std}),
             result.normalisation_source);
  fmt::print("resize: {} ({})\n", framing_text(config), result.resize_source);
  fmt::print("matched tensors: {}\n", result.matched.size());
  if (every_tensor)
    for (const auto& [name, source] : result.matched) fmt::print("  {} <- {}\n", name, source);
  print_names("missing", result.missing, every_tensor);
  print_names("ignored", result.ignored, every_tensor);
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
                   "What stands for a picture: cls or mean; default: as its configuration says, "
                   "else cls");
    app.add_option("--resize", resize_, "How pictures become square: shortest, squash or tile");
    app.add_option("--side", options_.side,
                   "Side of the pictures that the tower is given, in pixels")
        ->check(CLI::PositiveNumber);
    app.add_option("--resize-side", options_.resize_side,
                   "Side that pictures are resized to before their middle is cropped")
        ->check(CLI::PositiveNumber);
    app.add_option("--interpolation", interpolation_, "bicubic or bilinear");
    app.add_option("--ignore", options_.ignore,
                   "Tensors to leave aside that are not understood, e.g. adapter.*");
    app.add_flag("--list", every_tensor_, "Print every matched tensor as well");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    if (!activation_.empty()) options_.activation = parse_activation(activation_);
    if (!normalisation_.empty()) options_.normalisation = parse_normalisation(normalisation_);
    if (!pooling_.empty()) options_.pooling = parse_pooling(pooling_);
    if (!interpolation_.empty()) options_.interpolation = parse_interpolation(interpolation_);
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
  std::string pooling_;
  std::string interpolation_;
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
