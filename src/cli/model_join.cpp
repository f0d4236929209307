// SPDX-License-Identifier: Apache-2.0
// skyglot model join: an image tower and a sentence encoder become a model that can be trained.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "tokens/choose_pieces.hpp"
#include "weights/join_towers.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::vector<fs::path>& files) {
  std::vector<std::string> lines;
  for (const fs::path& file : files) {
    const std::string text = read_file(file);
    for (const std::string_view line : split(text, '\n'))
      if (!trim(line).empty()) lines.emplace_back(trim(line));
  }
  return lines;
}

class ModelJoin : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model join"; }
  [[nodiscard]] std::string summary() const override {
    return "Join an image tower and a sentence encoder into a model to be trained";
  }

  void setup(CLI::App& app) override {
    app.add_option("IMAGE", image_, "Model folder of a plain ViT")->required();
    app.add_option("TEXT", text_,
                   "Folder of an uncased BERT (config.json, one .safetensors, tokenizer.json)")
        ->required();
    app.add_option("--pieces", pieces_, "Word pieces to keep at most; default: all");
    app.add_option("--texts", texts_, "Texts, one a line, whose word pieces are kept first");
    app.add_option("--width", options_.embedding_width, "Width of the shared space")
        ->capture_default_str();
    app.add_option("--context", options_.context_length, "Tokens of a text")->capture_default_str();
    app.add_option("--pooling", pooling_, "What stands for a picture: cls or mean")
        ->capture_default_str();
    app.add_option("--side", side_, "Side of the pictures in pixels; default: the image tower's");
    app.add_option("--seed", options_.seed, "Draws the two projections")->capture_default_str();
    add_output(app, output_, "Folder to write");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    options_.pooling = parse_pooling(pooling_);
    options_.validate();
    refuse_existing(output_, overwrite_);
    const StoredModel image = load_model_folder(image_);
    const BertEncoder encoder = read_bert(text_);
    const BertEncoder cut = with_pieces(
        encoder, pieces_ == 0 ? framed_pieces(encoder.pieces)
                              : choose_pieces(encoder.pieces, lines_of(texts_), pieces_));
    StoredModel model = join_towers(image, cut, options_);
    set_side(model.config);
    model.config.source = image.config.source + " and " + text_.string();
    save_model_folder(output_, model);
    show(encoder, cut);
    return kDone;
  }

 private:
  // Positions are brought to the other grid whenever the tower runs.
  void set_side(ModelConfig& config) const {
    if (side_ == 0) return;
    const std::int64_t patch = config.vision.patch_size;
    if (side_ < patch || side_ % patch != 0)
      fail(ErrorKind::usage, "--side {}: whole patches of {} pixels, please", side_, patch);
    config.preprocess.side = side_;
    config.preprocess.resize_side = 0;
  }

  void show(const BertEncoder& encoder, const BertEncoder& cut) const {
    if (common_.json)
      return print_json({{"model", output_.string()},
                         {"pieces", cut.pieces.size()},
                         {"pieces_before", encoder.pieces.size()},
                         {"embedding_width", options_.embedding_width}});
    fmt::print("{} of {} word pieces, a shared space of {}: {}\n", format_count(cut.pieces.size()),
               format_count(encoder.pieces.size()), options_.embedding_width, output_.string());
  }

  fs::path image_, text_, output_;
  std::vector<fs::path> texts_;
  std::size_t pieces_ = 0;
  std::string pooling_ = "mean";
  std::int64_t side_ = 0;
  JoinOptions options_;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_join() {
  return std::make_unique<ModelJoin>();
}

}  // namespace skyglot
