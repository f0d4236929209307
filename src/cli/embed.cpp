// SPDX-License-Identifier: Apache-2.0
// skyglot embed: pictures or texts through a model into vectors on disk.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/options.hpp"
#include "embed/job.hpp"
#include "records/picture_inputs.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// One text a line, without line ends; the line after the last line feed is no text.
std::vector<std::string> read_texts(const fs::path& path) {
  const std::string all = read_file(path);
  std::vector<std::string> texts;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    texts.push_back(all.substr(begin, end - begin));
    if (texts.back().ends_with('\r')) texts.back().pop_back();
    begin = end + 1;
  }
  if (texts.empty()) fail(ErrorKind::input, "{}: no texts; write one a line", path.string());
  return texts;
}

// What of a text the model will not see as it was meant.
void warn_of_texts(const std::vector<std::string>& texts, const TextModel& tower) {
  const auto cut = std::ranges::count_if(
      texts, [&](const std::string& text) { return tower.tokenizer->count(text) > tower.context; });
  const auto mended =
      std::ranges::count_if(texts, [](const std::string& text) { return !is_utf8(text); });
  if (cut > 0)
    log_warning("{} of {} texts have more than {} tokens and lose their end; --strict refuses them",
                cut, texts.size(), tower.context);
  if (mended > 0)
    log_warning("{} of {} texts are not UTF-8; convert them first (iconv -f LATIN1 -t UTF-8)",
                mended, texts.size());
}

std::vector<std::string> names_of(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.string());
  return names;
}

class Embed : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "embed"; }
  [[nodiscard]] std::string summary() const override {
    return "Turn pictures or texts into vectors with a model";
  }

  void setup(CLI::App& app) override {
    add_model(app, model_, "Model folder, as 'model import' writes it");
    auto* images = app.add_option("--images", images_,
                                  "Folders, tars, lists (.csv, .tsv, .txt), data sets or pictures");
    auto* texts = app.add_option("--texts", texts_, "File with one text a line");
    texts->excludes(images);
    add_output(app, job_.output, "Folder to write, or a name that ends in .npy");
    add_source_options(app);
    app.add_option("--resize", resize_, "shortest, squash or tile; default: as the model says");
    app.add_flag("--strict", job_.options.strict,
                 "A text too long for the model is an error, not cut");
    choice_.add_to(app);
    app.add_option("--max-skipped", max_skipped_, "More skipped pictures than this: exit code 3");
    add_overwrite(app, job_.overwrite);
    common_.add_to(app);
  }

  int run() override {
    if (images_.empty() == texts_.empty())
      fail(ErrorKind::usage, "give what is to be embedded: --images PATH... or --texts FILE");
    if (!resize_.empty()) job_.options.resize = parse_resize_mode(resize_);
    compute_ = choice_.options(common_.thread_count());
    job_.options.threads = compute_.threads;
    const Encoders encoders(model_, compute_);
    job_.columns = encoders.config().embedding_width;
    job_.about = about(encoders.config());
    const EmbedTotals totals =
        images_.empty() ? embed_the_texts(encoders.text()) : embed_the_pictures(encoders.image());
    show(totals);
    return totals.skipped > max_skipped_ ? kTooManySkipped : kDone;
  }

 private:
  void add_source_options(CLI::App& app) {
    app.add_option("--root", source_.root, "Folder the paths of a list are relative to");
    app.add_option(
        "--path-column", source_.path_column,
        "Column of a list that holds the paths; default: filepath, image, filename or path");
    app.add_option("--max-pixels", job_.options.max_pixels, "Pictures with more pixels are skipped")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
  }

  [[nodiscard]] Json about(const ModelConfig& config) const {
    Json json{{"skyglot", version()},
              {"content", images_.empty() ? "texts" : "pictures"},
              {"model", about_model(config)},
              {"precision", computed_as(compute_)},
              {"computed_with", computed_with(compute_)},
              {"device", to_string(compute_.device)},
              {"normalised", job_.options.normalise}};
    if (!images_.empty())
      json["resize"] = to_string(job_.options.resize.value_or(config.preprocess.resize));
    return json;
  }

  EmbedTotals embed_the_pictures(const ImageEncoder& encoder) {
    job_.inputs = {{"images", names_of(images_)},
                   {"root", source_.root.string()},
                   {"path_column", source_.path_column}};
    const auto source = open_picture_inputs(images_, source_);
    return run_picture_job(*source, picture_model(encoder), job_);
  }

  EmbedTotals embed_the_texts(const TextEncoder& encoder) {
    const TextModel tower = text_model(encoder);
    const std::vector<std::string> texts = read_texts(texts_);
    job_.inputs = {{"texts", texts_.string()}};
    warn_of_texts(texts, tower);
    return run_text_job(texts, tower, job_);
  }

  void show(const EmbedTotals& totals) const {
    if (common_.json) return print_json(result_json(totals));
    const Json& model = job_.about.at("model");
    fmt::print("{} {} embedded, {} skipped{}: {}\n", format_count(totals.embedded),
               images_.empty() ? "texts" : "pictures", format_count(totals.skipped),
               totals.resumed > 0
                   ? fmt::format(" ({} of them by an earlier run)", format_count(totals.resumed))
                   : "",
               job_.output.string());
    print_table({{"model", model.at("architecture").get<std::string>()},
                 {"weights", model.at("weights_sha256").get<std::string>()},
                 {"activation", model.at("activation").get<std::string>()},
                 {"resize", job_.about.value("resize", "none")},
                 {"precision", computed_as(compute_) + " on " + to_string(compute_.device) + " (" +
                                   computed_with(compute_) + ")"},
                 {"vectors", fmt::format("{} x {}, unit length", totals.embedded, job_.columns)}});
    for (const SkippedItem& item : totals.examples)
      fmt::print("skipped {}: {}\n", item.id, item.reason);
    if (totals.skipped > totals.examples.size())
      fmt::print("skipped: see {} for all\n", skipped_file());
  }

  [[nodiscard]] std::string skipped_file() const {
    const bool npy = to_lower(job_.output.extension().string()) == ".npy";
    return npy ? job_.output.string() + ".skipped.csv" : (job_.output / "skipped.csv").string();
  }

  [[nodiscard]] Json result_json(const EmbedTotals& totals) const {
    return {{"output", job_.output.string()},
            {"embedded", totals.embedded},
            {"skipped", totals.skipped},
            {"resumed", totals.resumed},
            {"repeated", totals.repeated},
            {"columns", job_.columns},
            {"about", job_.about}};
  }

  fs::path model_;
  std::vector<fs::path> images_;
  fs::path texts_;
  SourceOptions source_;
  EmbedJob job_;
  ComputeOptions compute_;
  std::string resize_;
  ComputeChoice choice_;
  std::uint64_t max_skipped_ = UINT64_MAX;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_embed() {
  return std::make_unique<Embed>();
}

}  // namespace skyglot
