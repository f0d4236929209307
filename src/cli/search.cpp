// SPDX-License-Identifier: Apache-2.0
// skyglot search: the pictures and places that a sentence describes best.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/index_search.hpp"
#include "embed/job.hpp"
#include "embed/vectors.hpp"
#include "eval/one_model.hpp"
#include "nn/encoder.hpp"
#include "scores/ranked_rows.hpp"
#include "scores/row_blocks.hpp"
#include "weights/model_folder.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class Search : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "search"; }
  [[nodiscard]] std::string summary() const override {
    return "Find the pictures and places that a sentence describes best";
  }

  void setup(CLI::App& app) override {
    app.add_option("VECTORS", request_.vectors,
                   "Index, or picture vectors as 'embed --images' writes them")
        ->required();
    app.add_option("SENTENCE", request_.sentences, "What the pictures are to show");
    add_model(app, request_.model, "Model folder that the vectors were made with");
    app.add_option("--k", request_.k, "Pictures for each sentence, or places")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    if (index_) index_->add_to(app);
    request_.common.add_to(app);
  }

  int run() override {
    if (index_ && index_->takes(request_.vectors)) return index_->run(request_);
    if (const std::string given = index_ ? index_->given() : ""; !given.empty())
      fail(ErrorKind::usage, "{} needs an index, which {} is not; make one with 'skyglot index'",
           given, request_.vectors.string());
    if (request_.sentences.empty())
      fail(ErrorKind::usage, "say what the pictures are to show: a sentence in quotes");
    return search_vectors();
  }

 private:
  int search_vectors() const {
    const Embeddings embeddings = read_embeddings(request_.vectors);
    const Encoders encoders(request_.model,
                            {Device::cpu, Precision::fp32, request_.common.thread_count()});
    require_same_model(embeddings, encoders.config());
    EmbedOptions options;
    options.strict = true;
    const Matrix texts = embed_texts(request_.sentences, encoders.text(), options);
    const auto ranked =
        rank_rows(unit_rows(embeddings.vectors, request_.vectors.string()), texts, request_.k);
    for (std::size_t i = 0; i < ranked.size(); ++i) show(i, ranked[i], embeddings.ids);
    return kDone;
  }

  // Vectors of another model would be compared without a word.
  void require_same_model(const Embeddings& embeddings, const ModelConfig& config) const {
    const Json& about = embeddings.about;
    if (!about.is_object() || !about.contains("model")) return;
    if (about.value("content", "") == "texts")
      fail(ErrorKind::input, "{} are vectors of texts; embed pictures with --images",
           request_.vectors.string());
    OneModel one;
    one.meet(request_.vectors.string(), about.at("model"));
    one.meet(request_.model.string(), about_model(config));
  }

  void show(std::size_t sentence, const std::vector<RankedRow>& found,
            const std::vector<std::string>& ids) const {
    const auto id_of = [&](std::int64_t row) {
      return ids.empty() ? std::to_string(row) : ids[static_cast<std::size_t>(row)];
    };
    if (request_.common.json) {
      for (const RankedRow& one : found)
        print_json({{"sentence", request_.sentences[sentence]},
                    {"id", id_of(one.row)},
                    {"score", one.score},
                    {"percentile", one.percentile}});
      return;
    }
    fmt::print("{}{}\n", sentence > 0 ? "\n" : "", request_.sentences[sentence]);
    std::vector<std::vector<std::string>> rows{{"picture", "cosine", "percentile"}};
    for (const RankedRow& one : found)
      rows.push_back({id_of(one.row), format_fixed(static_cast<double>(one.score), 3),
                      format_fixed(one.percentile, 1)});
    print_table(rows);
  }

  SearchRequest request_;
  std::unique_ptr<IndexSearch> index_ = make_index_search();
};

}  // namespace

std::unique_ptr<Command> make_search() {
  return std::make_unique<Search>();
}

}  // namespace skyglot
