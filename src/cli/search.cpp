// SPDX-License-Identifier: Apache-2.0
// skyglot search: the pictures that a sentence describes best.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "embed/job.hpp"
#include "embed/vectors.hpp"
#include "eval/one_model.hpp"
#include "nn/encoder.hpp"
#include "scores/row_blocks.hpp"
#include "weights/model_folder.hpp"

#include "search/ranked_rows.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class Search : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "search"; }
  [[nodiscard]] std::string summary() const override {
    return "Find the pictures that a sentence describes best";
  }

  void setup(CLI::App& app) override {
    app.add_option("VECTORS", vectors_, "Picture vectors, as 'embed --images' writes them")
        ->required();
    app.add_option("SENTENCE", sentences_, "What the pictures are to show")->required();
    add_model(app, model_, "Model folder that the vectors were made with");
    app.add_option("--k", k_, "Pictures for each sentence")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    common_.add_to(app);
  }

  int run() override {
    const Embeddings embeddings = read_embeddings(vectors_);
    const Encoders encoders(model_, {Device::cpu, Precision::fp32, common_.thread_count()});
    require_same_model(embeddings, encoders.config());
    EmbedOptions options;
    options.strict = true;
    const Matrix texts = embed_texts(sentences_, encoders.text(), options);
    const auto ranked = rank_rows(unit_rows(embeddings.vectors, vectors_.string()), texts, k_);
    for (std::size_t i = 0; i < sentences_.size(); ++i) show(i, ranked[i], embeddings.ids);
    return kDone;
  }

 private:
  // Vectors of another model would be compared without a word.
  void require_same_model(const Embeddings& embeddings, const ModelConfig& config) const {
    const Json& about = embeddings.about;
    if (!about.is_object() || !about.contains("model")) return;
    if (about.value("content", "") == "texts")
      fail(ErrorKind::input, "{} are vectors of texts; embed pictures with --images",
           vectors_.string());
    OneModel one;
    one.meet(vectors_.string(), about.at("model"));
    one.meet(model_.string(), about_model(config));
  }

  void show(std::size_t sentence, const std::vector<RankedRow>& found,
            const std::vector<std::string>& ids) const {
    const auto id_of = [&](std::int64_t row) {
      return ids.empty() ? std::to_string(row) : ids[static_cast<std::size_t>(row)];
    };
    if (common_.json) {
      for (const RankedRow& one : found)
        print_json({{"sentence", sentences_[sentence]},
                    {"id", id_of(one.row)},
                    {"score", one.score},
                    {"percentile", one.percentile}});
      return;
    }
    fmt::print("{}{}\n", sentence > 0 ? "\n" : "", sentences_[sentence]);
    std::vector<std::vector<std::string>> rows{{"picture", "cosine", "percentile"}};
    for (const RankedRow& one : found)
      rows.push_back({id_of(one.row), format_fixed(static_cast<double>(one.score), 3),
                      format_fixed(one.percentile, 1)});
    print_table(rows);
  }

  fs::path vectors_, model_;
  std::vector<std::string> sentences_;
  std::size_t k_ = 5;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_search() {
  return std::make_unique<Search>();
}

}  // namespace skyglot
